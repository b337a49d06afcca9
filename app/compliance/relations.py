"""Working-day arithmetic handed to the database: which calendar a school has, and anchor → due date for each rule.

The due dates are computed by `terms`, as everywhere; the database only looks them up. They travel as one whole table
for each working week, of the days that most schools of it have in common, and for each other calendar the few dates
that fall out otherwise: a region where every school has a day off of its own is hardly more than one school. All of it
are JSON parameters of day numbers, so the text of a statement never changes and stays prepared.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, TypeVar

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
    cast,
    column,
    func,
    literal,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.compliance.readings import DEFAULTS, Readings
from app.compliance.terms import due_function
from app.regulation import CalendarRangeError, NotInForceError, WorkCalendar, load_regulation

Selected = TypeVar("Selected", bound=GenerativeSelect)
CALENDARS = bindparam("calendars", type_=Text)
TERMS, OWN_TERMS = bindparam("terms", type_=Text), bindparam("own_terms", type_=Text)
NEXT_WORKING_DAY = "next-working-day"
"""Looked up like the due date of a rule, and none of the regulation's: the working day after a day."""
DAY_ZERO = date(1970, 1, 1)
"""Days travel as numbers from this one: a third of the bytes of a date."""
JULIAN_ZERO = 2440587.5
"""The same in SQLite's days."""
Dates = dict[int, int]
"""Day number of an anchor → days from it to the due date."""


def with_due(
    source: FromClause, school_id: ColumnElement[Any], anchor: ColumnElement[Any], rules: Iterable[str], dialect: str
) -> tuple[FromClause, dict[str, Any]]:
    """`source` joined with the due date of each rule for its school and anchor.

    Outer joins: a term may not exist, and SQLite then starts from the source and only looks terms up.
    """
    calendar = _calendar_of_school(dialect)
    source = source.outerjoin(calendar, calendar.c.school_id == school_id)
    due = {}
    for rule in rules:
        term, own = _terms(TERMS, rule, dialect), _terms(OWN_TERMS, rule, dialect)
        source = source.outerjoin(own, and_(own.c.calendar == calendar.c.own, own.c.anchor == anchor))
        source = source.outerjoin(term, and_(term.c.calendar == calendar.c.base, term.c.anchor == anchor))
        due[rule] = func.coalesce(own.c.due, term.c.due, type_=Date)
    return source, due


def parameters(
    calendars: Mapping[int, WorkCalendar], anchors: Iterable[tuple[str, date]], readings: Readings = DEFAULTS
) -> dict[str, str]:
    """The parameters for these schools and these dates of rules."""
    base_of = _bases(tuple(calendars.values()))
    bases = {base: index for index, base in enumerate(dict.fromkeys(base_of.values()))}
    own = {calendar: index for index, calendar in enumerate(base_of) if calendar not in bases}
    by_rule: dict[str, set[date]] = {}
    for rule, anchor in anchors:
        by_rule.setdefault(rule, set()).add(anchor)
    days = {rule: _days(tuple(sorted(found))) for rule, found in by_rule.items()}
    place = {calendar: [bases[base_of[calendar]], own.get(calendar, -1)] for calendar in base_of}
    return {
        "calendars": _json({school: place[calendar] for school, calendar in calendars.items()}),
        "terms": _tables(days, bases, lambda rule, base, found: _usual(rule, base, found, readings)),
        "own_terms": _tables(days, own, lambda rule, one, found: _otherwise(rule, one, base_of[one], found, readings)),
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


@lru_cache(maxsize=64)
def _bases(calendars: tuple[WorkCalendar, ...]) -> dict[WorkCalendar, WorkCalendar]:
    """Calendar → the one of its working week with the days that more than half of its schools have."""
    alike: dict[Any, list[WorkCalendar]] = {}
    for calendar in calendars:
        alike.setdefault((calendar.week, calendar.changes), []).append(calendar)
    found: dict[WorkCalendar, WorkCalendar] = {}
    for (week, changes), those in alike.items():
        often = Counter(day for calendar in those for day in calendar.overrides.items())
        common = {day: override for (day, override), number in often.items() if 2 * number > len(those)}
        found |= dict.fromkeys(those, WorkCalendar(week, common, changes))
    return found


@dataclass(frozen=True, eq=False)
class _Days:
    """Dates that are asked about again and again: compared as one thing, not one by one."""

    dates: tuple[date, ...]


@lru_cache(maxsize=256)
def _days(dates: tuple[date, ...]) -> _Days:
    return _Days(dates)


def _due_dates(name: str, calendar: WorkCalendar, days: _Days, readings: Readings) -> Dates:
    """An anchor without a term (outside the calendar, rule not in force) is left out."""
    due_on = _step(name, calendar, readings)
    found = {}
    for anchor in days.dates:
        try:
            due = due_on(anchor)
        except (CalendarRangeError, NotInForceError):
            continue
        found[(anchor - DAY_ZERO).days] = (due - anchor).days
    return found


def _step(name: str, calendar: WorkCalendar, readings: Readings) -> Callable[[date], date]:
    if name == NEXT_WORKING_DAY:
        return lambda day: calendar.nth_after(day, 1)
    rule = load_regulation().rules[name]
    by_year = cache(lambda year: due_function(rule, calendar, readings.in_year(year)))
    return lambda anchor: by_year(rule.year_starts.school_year(anchor))(anchor)


_usual = lru_cache(maxsize=512)(_due_dates)


@lru_cache(maxsize=16384)
def _otherwise(name: str, calendar: WorkCalendar, base: WorkCalendar, days: _Days, readings: Readings) -> Dates:
    """What a calendar has otherwise than its base."""
    usual = _usual(name, base, days, readings)
    own = _due_dates(name, calendar, days, readings)
    return {anchor: distance for anchor, distance in own.items() if usual.get(anchor) != distance}


def _json(values: Any) -> str:
    return json.dumps(values, separators=(",", ":"))


def _calendar_of_school(dialect: str) -> Subquery:
    """(school_id, base, own) from {school: [base, own]}."""
    pair = _last_level(dialect, CALENDARS if dialect == "sqlite" else cast(CALENDARS, JSONB))
    columns = [_whole(pair.c.key).label("school_id")]
    columns += [_place(dialect, pair.c.value, place).label(name) for place, name in enumerate(("base", "own"))]
    return fenced(select(*columns)).subquery()


def _place(dialect: str, value: ColumnElement[Any], place: int) -> ColumnElement[int]:
    if dialect == "sqlite":
        return _whole(func.json_extract(value, f"$[{place}]"))
    return _whole(func.jsonb_extract_path_text(cast(value, JSONB), str(place)))


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


def _first_level(dialect: str, terms: Any, rule: str) -> Any:
    if dialect == "sqlite":
        pairs = func.json_each(terms, f'$."{rule}"').table_valued(column("key", String), column("value", Text))
    else:
        pairs = func.jsonb_each(cast(terms, JSONB)[rule]).table_valued(column("key", String), column("value", JSONB))
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
    return statement.offset(0)
