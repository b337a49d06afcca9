"""The working-day calendar of each school, from its settings and the overrides of the region and its own (art. 112)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, select

from app.models.calendars import RegionCalendarDay, SchoolCalendarDay
from app.models.schools import School, SchoolSettings, WorkWeek
from app.models.territory import Municipality
from app.regulation import Override, WorkCalendar

SCHOOL, SETTINGS = School.__table__, SchoolSettings.__table__
MUNICIPALITY = Municipality.__table__
REGION_DAY, SCHOOL_DAY = RegionCalendarDay.__table__, SchoolCalendarDay.__table__

Statement = Select[*tuple[Any, ...]]
"""A select of any columns."""
SchoolIds = frozenset[int] | None
"""The schools that a question is about; None is every school."""


def calendars(connection: Connection, school_ids: SchoolIds) -> dict[int, WorkCalendar]:
    """The calendar of each of these schools. Equal settings share one calendar, so that a region has a handful."""
    if school_ids is not None and not school_ids:
        return {}
    region_days = _by_owner(connection.execute(_region_days()))
    school_days = _by_owner(connection.execute(_school_days(school_ids)))
    return {
        row.id: _calendar(
            row.work_week or WorkWeek.FIVE,
            # The school's own act is the narrower one: it wins over the region's.
            tuple(sorted((region_days[row.region_id] | school_days[row.id]).items())),
        )
        for row in connection.execute(_schools(school_ids))
    }


def _by_owner(rows: Iterable[Any]) -> dict[int, dict[date, Override]]:
    found: dict[int, dict[date, Override]] = defaultdict(dict)
    for owner, day, working, act in rows:
        found[owner][day] = Override(working, act)
    return found


@lru_cache(maxsize=1024)
def _calendar(week: int, overrides: tuple[tuple[date, Override], ...]) -> WorkCalendar:
    return WorkCalendar(week, dict(overrides))


def _schools(school_ids: SchoolIds) -> Statement:
    statement = (
        select(SCHOOL.c.id, MUNICIPALITY.c.region_id, SETTINGS.c.work_week)
        .join(MUNICIPALITY, MUNICIPALITY.c.id == SCHOOL.c.municipality_id)
        .outerjoin(SETTINGS, SETTINGS.c.school_id == SCHOOL.c.id)
    )
    return statement if school_ids is None else statement.where(SCHOOL.c.id.in_(sorted(school_ids)))


def _region_days() -> Statement:
    return select(REGION_DAY.c.region_id, REGION_DAY.c.day, REGION_DAY.c.is_working, REGION_DAY.c.act)


def _school_days(school_ids: SchoolIds) -> Statement:
    days = select(SCHOOL_DAY.c.school_id, SCHOOL_DAY.c.day, SCHOOL_DAY.c.is_working, SCHOOL_DAY.c.act)
    return days if school_ids is None else days.where(SCHOOL_DAY.c.school_id.in_(sorted(school_ids)))
