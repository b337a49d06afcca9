"""Pupils put into a class or taken out of all of them, without an order."""

from datetime import date
from typing import Any

from sqlalchemy import select

from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.models.people import Pupil
from app.models.study import SchoolClass


def put(session: Any, pupil: Pupil, class_id: int | None, since: date = date(2025, 9, 1)) -> None:
    """He is in this class alone since a day; None: he never was in one."""
    for held in session.scalars(select(ClassMembership).where(ClassMembership.pupil_id == pupil.id)):
        session.delete(held)
    session.flush()
    if class_id is not None:
        school_class = session.get(SchoolClass, class_id)
        member = ClassMembership(school_id=pupil.school_id, pupil=pupil, school_class=school_class, starts_on=since)
        YearOutcome.begin(member)
        session.add(member)
    session.flush()
