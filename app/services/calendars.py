"""The working-day calendar of one school for the command line, and what its overrides and weeks must be (3.3.2.2)."""

from collections.abc import Iterator
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.calendars import calendars
from app.compliance.readings import Readings, readings_of
from app.extensions import db
from app.models.calendars import CalendarDay, RegionCalendarDay, SchoolCalendarDay
from app.models.schools import GradeWeek, School
from app.regulation import WorkCalendar
from app.security.actor import SYSTEM
from app.security.guard import acting
from app.services.engine import coherence
from app.services.engine.coherence import Found


def _day(day: CalendarDay) -> Iterator[tuple[str, str]]:
    """A day is moved by an act alone, and an act has a number and a date."""
    if not (day.act_number or "").strip():
        yield "act_number", "Укажите номер акта."
    if day.act_date is None:
        yield "act_date", "Укажите дату акта."


for _model in (RegionCalendarDay, SchoolCalendarDay):
    coherence.alone(_model, "day", "is_working", "act", "act_number", "act_date")(_day)


@coherence.among(GradeWeek, "settings_id", "grade_from", "grade_to")
def _grade_weeks(session: Session, written: list[GradeWeek]) -> Iterator[Found]:
    """A grade has one week at a time."""
    moved = {row.id: row for row in written}
    columns = GradeWeek.id, GradeWeek.settings_id, GradeWeek.grade_from, GradeWeek.grade_to
    owners = sorted({row.settings_id for row in written})
    wanted = select(*columns).where(GradeWeek.settings_id.in_(owners)).order_by(GradeWeek.grade_from, GradeWeek.id)
    for first, later in combinations(session.execute(wanted).all(), 2):
        told, other = (later, first) if later.id in moved else (first, later)
        if told.id in moved and first.settings_id == later.settings_id and later.grade_from <= first.grade_to:
            words = f"Для этих классов неделя уже указана: {other.grade_from}–{other.grade_to}."
            yield moved[told.id], "grade_from", words


def readings_chosen() -> Readings:
    """The readings of the terms that the region has chosen, for every school year."""
    with acting(db.session, SYSTEM):
        return readings_of(db.session.connection())


def calendar_for_school(code: str, grade: int | None = None) -> WorkCalendar:
    """The calendar of a school by its settings and overrides: of its office, or of a grade.

    Raises LookupError with a Russian line.
    """
    with acting(db.session, SYSTEM):
        school_id = db.session.scalar(select(School.id).where(School.code == code.strip().upper()))
        if school_id is None:
            raise LookupError(f"Школы с кодом «{code[:40]}» нет.")
        return calendars(db.session.connection(), frozenset({school_id}), grade)[school_id]
