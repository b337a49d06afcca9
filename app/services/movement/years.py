"""The school year to which an order belongs (3.3.4.4)."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.bindings.movement.tables import rule_of
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.study import AcademicYear, SchoolClass
from app.regulation import load_regulation
from app.services.movement.checks import LineDraft, OrderDraft
from app.services.movement.place import place_of

Histories = Mapping[int, Sequence[ClassMembership]]


def year_of(session: Session, draft: OrderDraft, memberships: Histories) -> AcademicYear | None:
    """The year whose movement book the order belongs to: of the class entered, or else of the class left."""
    for line in draft.lines:
        school_class = _class_of(draft.kind, line, memberships)
        if school_class is not None:
            return _year_of_event(session, draft.kind, line.event_date, school_class)
    return None


def _class_of(kind: OrderKind | None, line: LineDraft, memberships: Histories) -> SchoolClass | None:
    if kind is None:
        return None
    if kind.is_enrolment:
        return line.to_class
    if line.pupil is None or line.event_date is None:
        return None
    return place_of(kind, line.event_date, line.to_class, memberships.get(line.pupil.id, [])).school_class


def _year_of_event(session: Session, kind: OrderKind, day: date, left: SchoolClass) -> AcademicYear:
    """A departure is of the year of its day, whatever class he had stayed in, if the school made that year."""
    if kind is not OrderKind.DEPARTURE:
        return left.academic_year
    starts = load_regulation().rules[rule_of(kind)].year_starts
    year = session.scalar(
        select(AcademicYear).where(
            AcademicYear.school_id == left.school_id, AcademicYear.start_year == starts.school_year(day)
        )
    )
    return year or left.academic_year
