"""Schools: a new one starts with the default settings, so that its terms can be counted from the first day."""

from typing import Any

from sqlalchemy.orm import Session

from app.models.schools import School, SchoolSettings
from app.regulation.workdays import FIRST_DAY
from app.security.guard import system_step
from app.services.engine import records
from app.services.engine.transaction import transaction


def add(session: Session, data: dict[str, Any]) -> School:
    """Add a school and its settings. Raises Conflict, Denied."""
    with session.no_autoflush:
        school = School(**data)
    with transaction(session):
        records.stage(session, school)
        with system_step(session, "default settings of a new school"):
            session.add(SchoolSettings(school_id=school.id, valid_from=FIRST_DAY))
        return records.save(session, school)
