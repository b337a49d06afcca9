"""The working-day calendar of each school, from its settings and the overrides of the region and its own (art. 112)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from app.models.calendars import RegionCalendarDay, SchoolCalendarDay, act_text
from app.models.schools import GradeWeek, School, SchoolSettings, WorkWeek
from app.models.territory import Municipality
from app.regulation import Override, WorkCalendar
from app.regulation.workdays import FIRST_DAY, LAST_DAY

SCHOOL, SETTINGS, GRADES = School.__table__, SchoolSettings.__table__, GradeWeek.__table__
MUNICIPALITY = Municipality.__table__
REGION_DAY, SCHOOL_DAY = RegionCalendarDay.__table__, SchoolCalendarDay.__table__

Statement = Select[*tuple[Any, ...]]
"""A select of any columns."""
SchoolIds = frozenset[int] | None
"""The schools that a question is about; None is every school."""


def calendars(connection: Connection, school_ids: SchoolIds, grade: int | None = None) -> dict[int, WorkCalendar]:
    """The calendar of each of these schools: of its office, or of a grade of its classes.

    Equal settings share one calendar, so that a region has a handful.
    """
    if school_ids is not None and not school_ids:
        return {}
    region_days = _by_owner(connection.execute(_region_days()))
    school_days = _by_owner(connection.execute(_school_days(school_ids)))
    regions: dict[int, int] = {}
    periods: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(_schools(school_ids, grade)):
        regions[row.id] = row.region_id
        if row.work_week is not None:
            periods[row.id].append(row)
    return {
        school_id: _calendar(
            *_weeks(periods[school_id]),
            # The school's own act is the narrower one: it wins over the region's.
            tuple(sorted((region_days[region_id] | school_days[school_id]).items())),
        )
        for school_id, region_id in regions.items()
    }


def _weeks(periods: Iterable[Any]) -> tuple[int, tuple[tuple[date, int], ...]]:
    """The working week of the first day that can be computed, and its changes; where no settings hold, five days."""
    held: dict[date, int] = {}
    for row in periods:
        if row.valid_to is not None and row.valid_to < FIRST_DAY:
            continue
        held[max(row.valid_from, FIRST_DAY)] = row.work_week
        if row.valid_to is not None and row.valid_to < LAST_DAY:
            held.setdefault(max(row.valid_to + timedelta(days=1), FIRST_DAY), WorkWeek.FIVE)
    first = held.pop(FIRST_DAY, WorkWeek.FIVE)
    changes, week = [], first
    for day, following in sorted(held.items()):
        if following != week:
            changes.append((day, int(following)))
        week = following
    return int(first), tuple(changes)


def _by_owner(rows: Iterable[Any]) -> dict[int, dict[date, Override]]:
    found: dict[int, dict[date, Override]] = defaultdict(dict)
    for owner, day, working, *act in rows:
        found[owner][day] = Override(working, act_text(*act))
    return found


@lru_cache(maxsize=1024)
def _calendar(
    week: int, changes: tuple[tuple[date, int], ...], overrides: tuple[tuple[date, Override], ...]
) -> WorkCalendar:
    return WorkCalendar(week, dict(overrides), changes)


def _schools(school_ids: SchoolIds, grade: int | None) -> Statement:
    week = SETTINGS.c.work_week if grade is None else _week_of(grade)
    statement = (
        select(
            SCHOOL.c.id,
            MUNICIPALITY.c.region_id,
            week.label("work_week"),
            SETTINGS.c.valid_from,
            SETTINGS.c.valid_to,
        )
        .join(MUNICIPALITY, MUNICIPALITY.c.id == SCHOOL.c.municipality_id)
        .outerjoin(SETTINGS, SETTINGS.c.school_id == SCHOOL.c.id)
        .order_by(SCHOOL.c.id, SETTINGS.c.valid_from)
    )
    return statement if school_ids is None else statement.where(SCHOOL.c.id.in_(sorted(school_ids)))


def _week_of(grade: int) -> ColumnElement[int]:
    """The week of a grade, where the settings name one; else the office's."""
    own = select(GRADES.c.work_week).where(
        GRADES.c.settings_id == SETTINGS.c.id, GRADES.c.grade_from <= grade, GRADES.c.grade_to >= grade
    )
    return func.coalesce(own.correlate(SETTINGS).scalar_subquery(), SETTINGS.c.work_week)


def _day(columns: Any) -> tuple[Any, ...]:
    return columns.day, columns.is_working, columns.act, columns.act_number, columns.act_date


def _region_days() -> Statement:
    return select(REGION_DAY.c.region_id, *_day(REGION_DAY.c))


def _school_days(school_ids: SchoolIds) -> Statement:
    days = select(SCHOOL_DAY.c.school_id, *_day(SCHOOL_DAY.c))
    return days if school_ids is None else days.where(SCHOOL_DAY.c.school_id.in_(sorted(school_ids)))
