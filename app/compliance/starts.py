"""From which day a school keeps its records here (deadlines.md, Start of use): what was due before is counted nowhere.

The region sets the day of a school by an act. Where it has set none, the first record of the school decides; a school
without any starts on the day that the region has set for such schools.
"""

from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from app.compliance.calendars import MUNICIPALITY, SCHOOL, SchoolIds, Statement
from app.compliance.duties import bindings_of
from app.compliance.duties import rules as all_rules
from app.compliance.records import Record
from app.models.monitoring.starts import RegionStart, SchoolStart
from app.regulation.schema import Rule
from app.russian import format_date

OF_SCHOOL, OF_REGION = SchoolStart.__table__, RegionStart.__table__


class Start(NamedTuple):
    """The day of each source; `on` is the one that holds."""

    set_on: date | None
    """By an act of the region on this school."""
    first: date | None
    """Of the school's first record."""
    silent: date | None
    """Set by the region for schools without a record."""

    @property
    def on(self) -> date | None:
        return self.set_on or self.first or self.silent


def starts_of(connection: Connection, school_ids: SchoolIds) -> dict[int, date]:
    """School → the day from which it keeps its records here; of whom nothing is known nothing is owed."""
    return {key: day for key, start in every_start(connection, school_ids).items() if (day := start.on) is not None}


def every_start(connection: Connection, school_ids: SchoolIds) -> dict[int, Start]:
    """School → its start with where it comes from: one query, a look into each index a school."""
    statement = _starts()
    if school_ids is not None:
        statement = statement.where(SCHOOL.c.id.in_(sorted(school_ids)))
    return {
        key: Start(set_on, min((day for day in days if day is not None), default=None), silent)
        for key, set_on, silent, *days in connection.execute(statement)
    }


def lies_before(start: date, rule: Rule, record: Record, due: date) -> bool:
    """Whether a duty is none yet. The same in SQL: `relations.with_due`; what is held stands by its due day alone."""
    began = record.anchor if record.stays_from is None else record.stays_from
    return due < start or (rule.spares_what_began_before and record.held_id is None and began < start)


def told(start: date) -> str:
    return f"до начала ведения в панели ({format_date(start)})"


@cache
def _starts() -> Statement:
    firsts: list[Any] = [one for each in bindings_of(all_rules()) for one in each.firsts(SCHOOL.c.id)]
    return (
        select(SCHOOL.c.id, OF_SCHOOL.c.since, OF_REGION.c.since.label("silent"), *firsts)
        .join(MUNICIPALITY, MUNICIPALITY.c.id == SCHOOL.c.municipality_id)
        .outerjoin(OF_SCHOOL, OF_SCHOOL.c.school_id == SCHOOL.c.id)
        .outerjoin(OF_REGION, OF_REGION.c.region_id == MUNICIPALITY.c.region_id)
    )
