"""Working-day arithmetic handed to the database: which calendar a school has, and anchor → due date for each rule.

The due dates are computed by `terms`, as everywhere; the database only looks them up. They travel as one whole table
for each working week, with the days that most schools have in common, and for each calendar the few dates that fall out
otherwise: a region where every school has a day off of its own, and changes its week on a day of its own, is hardly
more than one school. All of it are JSON parameters of day numbers, so the text of a statement never changes and stays
prepared.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    GenerativeSelect,
    Integer,
    String,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.compliance.calendars import OfGrades
from app.compliance.readings import DEFAULTS, Readings
from app.compliance.terms import due_function, or_earlier
from app.regulation import CalendarRangeError, NotInForceError, WorkCalendar, load_regulation

Selected = TypeVar("Selected", bound=GenerativeSelect)
CALENDARS, CLASS_CALENDARS = bindparam("calendars", type_=Text), bindparam("class_calendars", type_=Text)
TERMS, OWN_TERMS = bindparam("terms", type_=Text), bindparam("own_terms", type_=Text)
NEXT_WORKING_DAY = "next-working-day"
"""Looked up like the due date of a rule, and none of the regulation's: the working day after a day."""
DAY_ZERO = date(1970, 1, 1)
"""Days travel as numbers from this one: a third of the bytes of a date."""
BEFORE_START = date.min
"""In place of a due date: its school did not keep its records here yet, so the duty is counted nowhere."""
JULIAN_ZERO = 2440587.5
"""The same in SQLite's days."""
BEYOND = 31
"""How far beyond anchor and due date a count may look: at days off that the end of it rolls over."""
NEVER: Mapping[int, date] = {}
NOBODY: OfGrades = {}
OF_SCHOOL = 16
"""A grade of a school has a number: the school's times this, and the grade."""
PLACES = ("base", "own", "first")
Dates = dict[int, int]
"""Day number of an anchor → days from it to the due date."""


def with_due(
    source: FromClause,
    school_id: ColumnElement[Any],
    anchor: ColumnElement[Any],
    rules: Iterable[str],
    dialect: str,
    began: ColumnElement[Any] | None = None,
    grade: ColumnElement[int] | None = None,
) -> tuple[FromClause, dict[str, Any]]:
    """`source` joined with the due date of each rule for its school and anchor; `BEFORE_START` for what is counted
    nowhere. `began`: the day on which what the duty is owed for began, where that is not the anchor; `grade`: the one
    by whose days is counted, NULL by those of the office.

    Outer joins: a term may not exist, and SQLite then starts from the source and only looks terms up.
    """
    calendar = _calendar_of_school(dialect)
    source = source.outerjoin(calendar, calendar.c.school_id == school_id)
    source, places = _places(source, calendar, school_id, grade, dialect)
    due = {}
    for rule in rules:
        term, own = _terms(TERMS, rule, dialect), _terms(OWN_TERMS, rule, dialect)
        base = case((anchor < places["changed_on"], places["first"]), else_=places["base"])
        source = source.outerjoin(own, and_(own.c.calendar == places["own"], own.c.anchor == anchor))
        source = source.outerjoin(term, and_(term.c.calendar == base, term.c.anchor == anchor))
        found = func.coalesce(own.c.due, term.c.due, type_=Date)
        due[rule] = _from_the_start(rule, found, anchor if began is None else began, calendar.c.start)
    return source, due


def _places(
    source: FromClause, calendar: Subquery, school_id: ColumnElement[Any], grade: Any, dialect: str
) -> tuple[FromClause, dict[str, Any]]:
    """Where the calendar of a school stands, or that of a grade which has another one."""
    names = (*PLACES, "changed_on")
    if grade is None:
        return source, {name: calendar.c[name] for name in names}
    of_class = _calendar_of_class(dialect)
    source = source.outerjoin(of_class, of_class.c.number == school_id * OF_SCHOOL + grade)
    return source, {name: func.coalesce(of_class.c[name], calendar.c[name]) for name in names}


def _from_the_start(
    rule: str, due: ColumnElement[Any], began: ColumnElement[Any], start: ColumnElement[Any]
) -> ColumnElement[Any]:
    """The same is asked of one record by `starts.lies_before`."""
    if rule == NEXT_WORKING_DAY:
        return due
    before = due < start
    if load_regulation().rules[rule].spares_what_began_before:
        before = or_(before, began < start)
    return case((before, literal(BEFORE_START, Date)), else_=due)


def started(school_id: ColumnElement[Any], day: ColumnElement[Any], dialect: str) -> ColumnElement[bool]:
    """The school keeps its records here on a day."""
    calendar = _calendar_of_school(dialect)
    start = select(calendar.c.start).where(calendar.c.school_id == school_id).scalar_subquery()
    return day >= func.coalesce(start, day)


def parameters(
    calendars: Mapping[int, WorkCalendar],
    anchors: Iterable[tuple[str, date]],
    readings: Readings = DEFAULTS,
    starts: Mapping[int, date] = NEVER,
    of_grades: OfGrades = NOBODY,
) -> dict[str, str]:
    """The parameters for these schools, with the days from which they keep their records here, and these dates."""
    usual_of = _usual_weeks((*calendars.values(), *of_grades.values()))
    bases = {base: n for n, base in enumerate(dict.fromkeys(base for usual in usual_of.values() for base in usual[:2]))}
    own = {calendar: index for index, calendar in enumerate(usual_of) if calendar not in bases}
    by_rule: dict[str, set[date]] = {}
    for rule, anchor in anchors:
        by_rule.setdefault(rule, set()).add(anchor)
    days = {rule: _days(tuple(sorted(found))) for rule, found in by_rule.items()}
    place = {
        calendar: [bases[usual.base], own.get(calendar, -1), bases[usual.first], _number(usual.changed_on)]
        for calendar, usual in usual_of.items()
    }
    return {
        "calendars": _json(
            {key: [*place[calendar], *map(_number, _known(starts, key))] for key, calendar in calendars.items()}
        ),
        "class_calendars": _json(
            {school * OF_SCHOOL + grade: place[calendar] for (school, grade), calendar in of_grades.items()}
        ),
        "terms": _tables(days, bases, lambda rule, base, found: _due_dates(rule, base, found, readings)),
        "own_terms": _tables(days, own, lambda rule, one, found: _otherwise(rule, one, usual_of[one], found, readings)),
    }


def _tables(
    days: Mapping[str, "_Days"],
    numbers: Mapping[WorkCalendar, int],
    dates: Callable[[str, WorkCalendar, "_Days"], Dates],
) -> str:
    """{rule: {calendar: {anchor: distance}}}, what is empty left out."""
    return _json(
        {
            rule: {number: one for calendar, number in numbers.items() if (one := dates(rule, calendar, found))}
            for rule, found in days.items()
        }
    )


class _Usual(NamedTuple):
    """Calendars of one week each, that are a calendar's but for a few days: before its last change, and from it on."""

    first: WorkCalendar
    base: WorkCalendar
    changed_on: date


@lru_cache(maxsize=64)
def _usual_weeks(calendars: tuple[WorkCalendar, ...]) -> dict[WorkCalendar, _Usual]:
    """Of each calendar, with the days that more than half of the schools have."""
    often = Counter(day for calendar in calendars for day in calendar.overrides.items())
    common = {day: override for (day, override), number in often.items() if 2 * number > len(calendars)}
    of_week = cache(lambda week: WorkCalendar(week, common))
    found = {}
    for calendar in calendars:
        weeks = [(DAY_ZERO, calendar.week), *calendar.changes]
        changed_on, week = weeks[-1]
        found[calendar] = _Usual(of_week(weeks[-2][1] if len(weeks) > 1 else week), of_week(week), changed_on)
    return found


@dataclass(frozen=True, eq=False)
class _Days:
    """Dates that are asked about again and again: compared as one thing, not one by one."""

    dates: tuple[date, ...]


@lru_cache(maxsize=256)
def _days(dates: tuple[date, ...]) -> _Days:
    return _Days(dates)


@lru_cache(maxsize=512)
def _due_dates(name: str, calendar: WorkCalendar, days: _Days, readings: Readings) -> Dates:
    return _computed(due_step(name, calendar, readings), days.dates)


def _computed(due_on: Callable[[date], date], anchors: Iterable[date]) -> Dates:
    """An anchor without a term (outside the calendar, rule not in force) is left out."""
    found = {}
    for anchor in anchors:
        try:
            due = due_on(anchor)
        except (CalendarRangeError, NotInForceError):
            continue
        found[_number(anchor)] = (due - anchor).days
    return found


def due_step(name: str, calendar: WorkCalendar, readings: Readings) -> Callable[[date], date]:
    """From a day to the due date of a rule, by the readings of its school year; or to `NEXT_WORKING_DAY`."""
    if name == NEXT_WORKING_DAY:
        return or_earlier(_following(calendar), calendar, _following)
    rule = load_regulation().rules[name]
    by_year = cache(lambda year: due_function(rule, calendar, readings.in_year(year)))
    return lambda anchor: by_year(rule.year_starts.school_year(anchor))(anchor)


def _following(calendar: WorkCalendar) -> Callable[[date], date]:
    return lambda day: calendar.nth_after(day, 1)


@lru_cache(maxsize=16384)
def _otherwise(name: str, calendar: WorkCalendar, usual: _Usual, days: _Days, readings: Readings) -> Dates:
    """What a calendar has otherwise than its usual ones: looked for only where a day differs on the way."""
    first, base = (_due_dates(name, one, days, readings) for one in usual[:2])
    differs = {day for day, _ in calendar.overrides.items() ^ usual.base.overrides.items()}
    near: set[date] = {anchor for anchor in days.dates if any(anchor < day for day, _ in calendar.changes[:-1])}
    if calendar.earlier:
        near.update(days.dates)
    for one in usual[:2]:
        passing = _passing(name, one, days, readings)
        near |= {anchor for day in (*differs, usual.changed_on) for anchor in passing.get(day, ())}
    own, changed = _computed(due_step(name, calendar, readings), near), _number(usual.changed_on)
    return {
        anchor: distance
        for anchor, distance in own.items()
        if (first if anchor < changed else base).get(anchor) != distance
    }


@lru_cache(maxsize=512)
def _passing(name: str, calendar: WorkCalendar, days: _Days, readings: Readings) -> dict[date, list[date]]:
    """A day → the anchors whose counting may look at it: on the way to the due date, or a little beyond."""
    due, found = _due_dates(name, calendar, days, readings), defaultdict(list)
    for anchor in days.dates:
        ends = sorted((0, due.get(_number(anchor), 0)))
        for distance in range(ends[0] - BEYOND, ends[1] + BEYOND + 1):
            found[anchor + timedelta(days=distance)].append(anchor)
    return found


def _number(day: date) -> int:
    return (day - DAY_ZERO).days


def _known(starts: Mapping[int, date], school: int) -> list[date]:
    return [starts[school]] if school in starts else []


def _json(values: Any) -> str:
    return json.dumps(values, separators=(",", ":"))


def _calendar_of_school(dialect: str) -> Subquery:
    """(school_id, base, own, first, changed_on, start) from {school: [those]}: before a day its base is the first one;
    where no start is known, none."""
    return _placed(dialect, CALENDARS, "school_id", "changed_on", "start")


def _calendar_of_class(dialect: str) -> Subquery:
    """The same by the number of a grade of a school, of those that are not as their school's office."""
    return _placed(dialect, CLASS_CALENDARS, "number", "changed_on")


def _placed(dialect: str, given: Any, key: str, *days: str) -> Subquery:
    pair = _first_level(dialect, given)
    columns: list[ColumnElement[Any]] = [_whole(pair.c.key).label(key)]
    columns += [_place(dialect, pair.c.value, place).label(name) for place, name in enumerate(PLACES)]
    dated = enumerate(days, len(PLACES))
    columns += [_date(dialect, _place(dialect, pair.c.value, place)).label(name) for place, name in dated]
    return fenced(select(*columns)).subquery()


def _place(dialect: str, value: ColumnElement[Any], place: int) -> ColumnElement[int]:
    if dialect == "sqlite":
        return _whole(func.json_extract(value, f"$[{place}]"))
    return value[place].as_integer()


def _terms(terms: Any, rule: str, dialect: str) -> Subquery:
    """(calendar, anchor, due) of a rule from {rule: {calendar: {anchor: distance}}}."""
    calendar = _first_level(dialect, terms, rule)
    day = _last_level(dialect, calendar.c.value)
    anchor = _whole(day.c.key)
    columns = (
        _whole(calendar.c.key).label("calendar"),
        _date(dialect, anchor).label("anchor"),
        _date(dialect, anchor + _whole(day.c.value)).label("due"),
    )
    return fenced(select(*columns).select_from(calendar.join(day, true()))).subquery()


def _first_level(dialect: str, values: Any, rule: str = "") -> Any:
    """Of the whole, or of what it holds of a rule."""
    if dialect == "sqlite":
        path = [f'$."{rule}"'] if rule else []
        pairs = func.json_each(values, *path).table_valued(column("key", String), column("value", Text))
    else:
        whole = cast(values, JSONB)
        pairs = func.jsonb_each(whole[rule] if rule else whole).table_valued(
            column("key", String), column("value", JSONB)
        )
    return pairs.alias()


def _last_level(dialect: str, source: Any) -> Any:
    pairs = func.json_each(source) if dialect == "sqlite" else func.jsonb_each_text(source)
    return pairs.table_valued(column("key", String), column("value", Text)).alias()


def _whole(text: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(text, Integer)


def _date(dialect: str, number: ColumnElement[int]) -> ColumnElement[date]:
    """SQLite's dates are ISO texts."""
    if dialect == "sqlite":
        return func.date(JULIAN_ZERO + number, type_=Date)
    return type_coerce(literal(DAY_ZERO, Date) + number, Date)


def fenced(statement: Selected) -> Selected:
    """Computed once a row: both databases would otherwise copy a sub-select to each place that uses its column."""
    # As a text and not as a parameter: in a number PostgreSQL sees too late that nothing is left out, and no worker of
    # its may share the scan.
    return statement.offset(literal_column("'0'"))
