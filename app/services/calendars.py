"""The working-day calendar of one school, for the command line."""

from sqlalchemy import select

from app.compliance.calendars import calendars
from app.extensions import db
from app.models.schools import School
from app.regulation import WorkCalendar
from app.security.actor import SYSTEM
from app.security.guard import acting


def calendar_for_school(code: str) -> WorkCalendar:
    """The calendar of a school by its settings and overrides. Raises LookupError with a Russian line."""
    with acting(db.session, SYSTEM):
        school_id = db.session.scalar(select(School.id).where(School.code == code.strip().upper()))
        if school_id is None:
            raise LookupError(f"Школы с кодом «{code[:40]}» нет.")
        return calendars(db.session.connection(), frozenset({school_id}))[school_id]
