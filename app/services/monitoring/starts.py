"""From which day schools keep their records here: set and moved by an act of the region, told of every school.

Moving the day is a correction that confirms itself by the act; what it did to the numbers of each school is stored with
it (deadlines.md, Start of use).
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.compliance.starts import Start, every_start
from app.models.monitoring.starts import RegionStart, SchoolStart
from app.models.movement.memberships import ClassMembership
from app.models.schools import School
from app.models.territory import Municipality
from app.russian import format_date
from app.security.guard import system_step
from app.services.monitoring import effects
from app.services.monitoring.compliance import Question

BY_FIRST, SILENT = "по первой записи", "для школ без записей"


def save(session: Session, start: SchoolStart | RegionStart) -> list[int]:
    """Set or move a day; the schools whose numbers it changed. Errors are those of `records.save`."""
    with session.no_autoflush:  # the day is on the record already, and not in the database yet
        schools = _schools(session, start)
        stood = every_start(session.connection(), schools)
    return effects.save(session, start, schools, lambda key: _act(start, stood[key]))


def _schools(session: Session, start: SchoolStart | RegionStart) -> frozenset[int]:
    """Whose day it is: that school, or those of the region that have entered nothing."""
    if not isinstance(start, RegionStart):
        return frozenset({start.school.id})
    of_region = select(School.id).join(Municipality).where(Municipality.region_id == start.region.id)
    found = every_start(session.connection(), frozenset(session.scalars(of_region)))
    return frozenset(key for key, each in found.items() if each.set_on is None and each.first is None)


def _act(start: SchoolStart | RegionStart, stood: Start) -> effects.Act:
    was = f", было с {format_date(stood.on)}" if stood.on is not None else ""
    about, day = f"Ведение в панели с {format_date(start.since)}{was}", start.act_date
    return effects.Act(start.__tablename__, start.id, about, start.act_text, start.act_number, day, utc_now())


@dataclass(frozen=True)
class Told:
    """The start of a school as its pages tell it."""

    on: date | None
    source: str
    """By which act, or by what else."""
    initial: int
    """Memberships of the initial load."""

    @property
    def text(self) -> str:
        """«с 05.11.2026 (акт № 5 от 01.11.2026)»."""
        return f"с {format_date(self.on)} ({self.source})" if self.on is not None else "ещё не началось"


def of_school(session: Session, question: Question) -> Told | None:
    """Of the school that a question is about; None for other organisations."""
    school_id = question.organisation.id
    if question.organisation.level != "school" or school_id is None:
        return None
    with system_step(session, "tell the start of use of a school"):
        found = every_start(session.connection(), frozenset({school_id}))[school_id]
        marked = ClassMembership.school_id == school_id, ClassMembership.is_initial
        initial = session.scalar(select(func.count()).select_from(ClassMembership).where(*marked)) or 0
        return Told(found.on, _source(session, school_id, found), initial)


def _source(session: Session, school_id: int, found: Start) -> str:
    if found.set_on is None:
        return BY_FIRST if found.first is not None else SILENT
    start = session.scalar(select(SchoolStart).where(SchoolStart.school_id == school_id))
    return start.act_text if start is not None else ""


def in_words(session: Session, question: Question) -> str:
    """«Ведение в панели …» of a report: the day of a school; of many how many have not begun by the day."""
    if (told := of_school(session, question)) is not None:
        return told.text
    number = not_begun(session, question)
    return f"школ, где ещё не начато, – {number}" if number else "начато во всех школах"


def not_begun(session: Session, question: Question) -> int:
    """How many schools do not keep their records here yet on the day asked about."""
    found = every_start(session.connection(), question.organisation.school_ids).values()
    return sum(start.on is None or start.on > question.on for start in found)


def days_of(session: Session, question: Question) -> dict[int, date]:
    """School → its start, of every school of a municipality: one query."""
    found = every_start(session.connection(), question.organisation.school_ids)
    return {key: day for key, start in found.items() if (day := start.on) is not None}
