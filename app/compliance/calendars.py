"""The working-day calendar of each school, from its settings and the overrides of the region and its own (art. 112)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from app.models.calendars import RegionCalendarDay, SchoolCalendarDay, act_text
from app.models.engine.held import held_setting
from app.models.schools import GradeWeek, School, SchoolSettings, WorkWeek
from app.models.territory import Municipality
from app.regulation import Override, WorkCalendar
from app.regulation.workdays import FIRST_DAY, LAST_DAY, Earlier

SCHOOL, SETTINGS, GRADES = School.__table__, SchoolSettings.__table__, GradeWeek.__table__
MUNICIPALITY = Municipality.__table__
HELD_SETTING = held_setting
REGION_DAY, SCHOOL_DAY = RegionCalendarDay.__table__, SchoolCalendarDay.__table__

Statement = Select[*tuple[Any, ...]]
"""A select of any columns."""
Days = Mapping[date, Override]
"""The days that acts have made working or not."""
CALENDAR = "calendar"
"""The setting of `held_setting` by which working days are told; its key is the school."""
SchoolIds = frozenset[int] | None
"""The schools that a question is about; None is every school."""


def calendars(
    connection: Connection,
    school_ids: SchoolIds,
    grade: int | None = None,
    on: date | None = None,
    held: Sequence[Any] | None = None,
) -> dict[int, WorkCalendar]:
    """The calendar of each of these schools: of its office, or of a grade of its classes.

    Equal settings share one calendar, so that a region has a handful. With a day asked about (None: any to come), what
    of a school's changes was not confirmed by it: terms that were over are judged by the calendars before. `held` are
    the rows of `standing_settings`, where they are known.
    """
    if school_ids is not None and not school_ids:
        return {}
    rows = connection.execute(standing_settings(school_ids, on)).all() if held is None else held
    return _of_grade(connection, school_ids, grade, _days_of(connection, school_ids), rows)


def _of_grade(
    connection: Connection, school_ids: SchoolIds, grade: int | None, days: "_DaysOff", rows: Sequence[Any]
) -> dict[int, WorkCalendar]:
    regions: dict[int, int] = {}
    periods: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(_schools(school_ids, grade)):
        regions[row.id] = row.region_id
        if row.work_week is not None:
            periods[row.id].append(row)
    earlier = _earlier(rows, grade, {key: days.of_region[each] for key, each in regions.items()})
    return {
        school_id: _calendar(
            *_weeks(periods[school_id]),
            # The school's own act is the narrower one: it wins over the region's.
            tuple(sorted((days.of_region[region_id] | days.of_school[school_id]).items())),
            tuple(earlier.get(school_id, ())),
        )
        for school_id, region_id in regions.items()
    }


@dataclass(frozen=True)
class _DaysOff:
    """The days of acts, of regions and of schools."""

    of_region: Mapping[int, dict[date, Override]]
    of_school: Mapping[int, dict[date, Override]]


def _days_of(connection: Connection, school_ids: SchoolIds) -> _DaysOff:
    region_days, school_days = _region_days(), _school_days(school_ids)
    return _DaysOff(_by_owner(connection.execute(region_days)), _by_owner(connection.execute(school_days)))


OfGrades = Mapping[tuple[int, int], WorkCalendar]
"""(school, grade) → the calendar of a grade whose days are not those of its school's office."""
EVERY_GRADE = range(1, 12)


def calendars_of_grades(
    connection: Connection, of_school: Mapping[int, WorkCalendar], on: date | None, held: Sequence[Any] | None = None
) -> OfGrades:
    """Beside the calendars of the offices of these schools those of grades that differ from them, as on the day."""
    ids = frozenset(of_school)
    if not ids:
        return {}
    rows = connection.execute(standing_settings(ids, on)).all() if held is None else held
    days = _days_of(connection, ids)
    return {
        (school_id, grade): calendar
        for grade in _grades_with_weeks(connection, ids, rows)
        for school_id, calendar in _of_grade(connection, ids, grade, days, rows).items()
        if calendar != of_school[school_id]
    }


def _grades_with_weeks(connection: Connection, school_ids: frozenset[int], rows: Sequence[Any]) -> list[int]:
    """Those for which some school has, or had before a change that waits, a week of their own."""
    own = select(GRADES.c.grade_from, GRADES.c.grade_to).where(GRADES.c.school_id.in_(sorted(school_ids))).distinct()
    spans = [(first, last) for first, last in connection.execute(own)]
    stood = (each for row in rows if row.setting == CALENDAR for each in row.stood["settings"])
    spans += [(first, last) for each in stood for first, last, _ in each["grades"]]
    return [grade for grade in EVERY_GRADE if any(first <= grade <= last for first, last in spans)]


def _earlier(rows: Iterable[Any], grade: int | None, region_days: Mapping[int, Days]) -> dict[int, list[Earlier]]:
    """School → the calendars before its changes that are not confirmed; mostly there are none."""
    found: dict[int, list[Earlier]] = defaultdict(list)
    for row in rows:
        if row.setting == CALENDAR:
            before = calendar_before(row.stood, region_days.get(row.school_id, {}), grade)
            found[row.school_id].append(Earlier(row.since_on, before))
    return found


def standing_settings(school_ids: SchoolIds, on: date | None) -> Statement:
    """What holds on a day of what was set before, the first change first."""
    table = HELD_SETTING.c
    later = table.until_on.is_(None) if on is None else or_(table.until_on.is_(None), table.until_on > on)
    columns = table.id, table.school_id, table.setting, table.key, table.since_on, table.stood
    found = select(*columns).where(table.holds, later).order_by(table.id)
    return found if school_ids is None else found.where(table.school_id.in_(sorted(school_ids)))


# A school's own settings as they stood: kept as data, as they outlive their rows.


@dataclass(frozen=True)
class Week:
    """A period of the settings, as a row of the tables is."""

    valid_from: date
    valid_to: date | None
    work_week: int


def typed_settings(connection: Connection, school_id: int) -> dict[str, Any]:
    """What the school has set by now, as data: dated settings with the weeks of grades, and days of its calendar."""
    own = select(SETTINGS).where(SETTINGS.c.school_id == school_id).order_by(SETTINGS.c.valid_from, SETTINGS.c.id)
    grades: dict[int, list[list[int]]] = defaultdict(list)
    of_grades = select(GRADES.c.settings_id, GRADES.c.grade_from, GRADES.c.grade_to, GRADES.c.work_week)
    for key, *week in connection.execute(
        of_grades.where(GRADES.c.school_id == school_id).order_by(GRADES.c.grade_from)
    ):
        grades[key].append(week)
    days = connection.execute(_school_days(frozenset({school_id})).order_by(SCHOOL_DAY.c.day))
    return {
        "settings": [
            {"from": str(row.valid_from), "to": row.valid_to and str(row.valid_to), "week": int(row.work_week)}
            | {"zone": row.time_zone, "grades": grades[row.id]}
            for row in connection.execute(own)
        ],
        "days": [[str(day), bool(working), act_text(*act)] for _, day, working, *act in days],
    }


def calendar_before(stood: Mapping[str, Any], region_days: Days, grade: int | None = None) -> WorkCalendar:
    """The calendar by settings that `typed_settings` has told, in the region's calendar of now."""
    weeks = [
        Week(date.fromisoformat(each["from"]), each["to"] and date.fromisoformat(each["to"]), _week_then(each, grade))
        for each in stood["settings"]
    ]
    days = {date.fromisoformat(day): Override(working, act) for day, working, act in stood["days"]}
    return _calendar(*_weeks(weeks), tuple(sorted((dict(region_days) | days).items())))


def _week_then(settings: Mapping[str, Any], grade: int | None) -> int:
    own = [week for first, last, week in settings["grades"] if grade is not None and first <= grade <= last]
    return int((own or [settings["week"]])[0])


def region_days_of(connection: Connection, school_id: int) -> Days:
    """The days of the calendar of a school's region."""
    of_school = select(MUNICIPALITY.c.region_id).join(SCHOOL, SCHOOL.c.municipality_id == MUNICIPALITY.c.id)
    region_id = connection.scalar(of_school.where(SCHOOL.c.id == school_id))
    return _by_owner(connection.execute(_region_days().where(REGION_DAY.c.region_id == region_id)))[region_id or 0]


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
    week: int,
    changes: tuple[tuple[date, int], ...],
    overrides: tuple[tuple[date, Override], ...],
    earlier: tuple[Earlier, ...] = (),
) -> WorkCalendar:
    return WorkCalendar(week, dict(overrides), changes, earlier)


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
