"""Working-day arithmetic handed to the database: which calendar a school has, and anchor → due date for each rule.

The due dates are computed by `terms`, as everywhere; the database only looks them up. Both relations travel as JSON
parameters, so the text of a statement never changes and stays prepared.
"""

import json
from collections.abc import Collection, Iterable, Mapping
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
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.compliance.readings import DEFAULTS, Readings
from app.compliance.terms import due_function
from app.regulation import CalendarRangeError, NotInForceError, WorkCalendar, load_regulation

Selected = TypeVar("Selected", bound=GenerativeSelect)
CALENDARS, TERMS = bindparam("calendars", type_=Text), bindparam("terms", type_=Text)


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
        term = _terms(rule, dialect)
        source = source.outerjoin(term, and_(term.c.calendar == calendar.c.calendar, term.c.anchor == anchor))
        due[rule] = term.c.due
    return source, due


def parameters(
    calendars: Mapping[int, WorkCalendar], anchors: Iterable[tuple[str, date]], readings: Readings = DEFAULTS
) -> dict[str, str]:
    """The two parameters for these schools and these dates of rules."""
    number = {calendar: index for index, calendar in enumerate(dict.fromkeys(calendars.values()))}
    by_rule: dict[str, set[date]] = {}
    for rule, anchor in anchors:
        by_rule.setdefault(rule, set()).add(anchor)
    tables = (
        f'"{rule}":{_of_rule(rule, tuple(number), tuple(sorted(days)), readings)}' for rule, days in by_rule.items()
    )
    return {
        "calendars": json.dumps({school: number[calendar] for school, calendar in calendars.items()}),
        "terms": "{" + ",".join(tables) + "}",
    }


def _of_rule(rule: str, calendars: tuple[WorkCalendar, ...], anchors: tuple[date, ...], readings: Readings) -> str:
    tables = (
        f'"{number}":{_due_dates(rule, calendar, anchors, readings)}' for number, calendar in enumerate(calendars)
    )
    return "{" + ",".join(tables) + "}"


@lru_cache(maxsize=2048)
def _due_dates(name: str, calendar: WorkCalendar, anchors: Collection[date], readings: Readings) -> str:
    """JSON of anchor → due. An anchor without a term (outside the calendar, rule not in force) is left out."""
    rule = load_regulation().rules[name]
    by_year = cache(lambda year: due_function(rule, calendar, readings.in_year(year)))
    pairs = []
    for anchor in anchors:
        try:
            due = by_year(rule.year_starts.school_year(anchor))(anchor)
            pairs.append(f'"{anchor}":"{due}"')
        except (CalendarRangeError, NotInForceError):
            continue
    return "{" + ",".join(pairs) + "}"


def _calendar_of_school(dialect: str) -> Subquery:
    """(school_id, calendar) from {school: calendar}."""
    pair = _last_level(dialect, CALENDARS if dialect == "sqlite" else cast(CALENDARS, JSONB))
    columns = _whole(pair.c.key).label("school_id"), _whole(pair.c.value).label("calendar")
    return fenced(select(*columns)).subquery()


def _terms(rule: str, dialect: str) -> Subquery:
    """(calendar, anchor, due) of a rule from {rule: {calendar: {anchor: due}}}."""
    calendar = _first_level(dialect, rule)
    day = _last_level(dialect, calendar.c.value)
    columns = (
        _whole(calendar.c.key).label("calendar"),
        _date(dialect, day.c.key).label("anchor"),
        _date(dialect, day.c.value).label("due"),
    )
    return fenced(select(*columns).select_from(calendar.join(day, true()))).subquery()


def _first_level(dialect: str, rule: str) -> Any:
    if dialect == "sqlite":
        pairs = func.json_each(TERMS, f'$."{rule}"').table_valued(column("key", String), column("value", Text))
    else:
        pairs = func.jsonb_each(cast(TERMS, JSONB)[rule]).table_valued(column("key", String), column("value", JSONB))
    return pairs.alias()


def _last_level(dialect: str, source: Any) -> Any:
    pairs = func.json_each(source) if dialect == "sqlite" else func.jsonb_each_text(source)
    return pairs.table_valued(column("key", String), column("value", Text)).alias()


def _whole(text: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(text, Integer)


def _date(dialect: str, text: ColumnElement[Any]) -> ColumnElement[date]:
    """SQLite's dates are ISO texts, and a cast would make numbers of them."""
    return type_coerce(text, Date) if dialect == "sqlite" else cast(text, Date)


def fenced(statement: Selected) -> Selected:
    """Computed once a row: both databases would otherwise copy a sub-select to each place that uses its column."""
    return statement.offset(0)
