"""Working-day arithmetic handed to the database: which calendar a school has, and anchor → due date for each rule.

The due dates are computed by `terms`, as everywhere; the database only looks them up. Both relations travel as JSON
parameters, so the text of a statement never changes and stays prepared.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
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

from app.compliance.terms import due_function
from app.regulation import CalendarRangeError, NotInForceError, WorkCalendar, load_regulation

CALENDARS, TERMS = bindparam("calendars", type_=Text), bindparam("terms", type_=Text)


def with_due(
    source: FromClause, school_id: ColumnElement, anchor: ColumnElement, rules: Iterable[str], dialect: str
) -> tuple[FromClause, dict[str, ColumnElement[date]]]:
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


def parameters(calendars: Mapping[int, WorkCalendar], anchors: Iterable[tuple[str, date]]) -> dict[str, str]:
    """The two parameters for these schools and these dates of rules."""
    schools: dict[WorkCalendar, list[int]] = {}
    for school, calendar in sorted(calendars.items()):
        schools.setdefault(calendar, []).append(school)
    by_rule: dict[str, list[date]] = {}
    for rule, anchor in anchors:
        by_rule.setdefault(rule, []).append(anchor)
    tables = (f'"{rule}":{_of_rule(rule, tuple(schools), tuple(sorted(days)))}' for rule, days in by_rule.items())
    return {
        "calendars": json.dumps({number: dict.fromkeys(ids, 1) for number, ids in enumerate(schools.values())}),
        "terms": "{" + ",".join(tables) + "}",
    }


def _of_rule(rule: str, calendars: tuple[WorkCalendar, ...], anchors: tuple[date, ...]) -> str:
    tables = (f'"{number}":{_due_dates(rule, calendar, anchors)}' for number, calendar in enumerate(calendars))
    return "{" + ",".join(tables) + "}"


@lru_cache(maxsize=2048)
def _due_dates(rule: str, calendar: WorkCalendar, anchors: Collection[date]) -> str:
    """JSON of anchor → due. An anchor without a term (outside the calendar, rule not in force) is left out."""
    due = due_function(load_regulation().rules[rule], calendar)
    pairs = []
    for anchor in anchors:
        try:
            pairs.append(f'"{anchor}":"{due(anchor)}"')
        except (CalendarRangeError, NotInForceError):
            continue
    return "{" + ",".join(pairs) + "}"


def _calendar_of_school(dialect: str) -> Subquery:
    """(school_id, calendar) from {calendar: {school: 1}}: SQLite takes a flat object for too short to index it."""
    number, school = _two_levels(dialect, CALENDARS)
    columns = _whole(school.c.key).label("school_id"), _whole(number.c.key).label("calendar")
    return fenced(select(*columns).select_from(number.join(school, true()))).subquery()


def _terms(rule: str, dialect: str) -> Subquery:
    """(calendar, anchor, due) of a rule from {rule: {calendar: {anchor: due}}}."""
    number, day = _two_levels(dialect, TERMS, rule)
    columns = (
        _whole(number.c.key).label("calendar"),
        _date(dialect, day.c.key).label("anchor"),
        _date(dialect, day.c.value).label("due"),
    )
    return fenced(select(*columns).select_from(number.join(day, true()))).subquery()


def _two_levels(dialect: str, source: Any, member: str | None = None) -> tuple[Any, Any]:
    """The pairs of a JSON object (or of one member of it), and the pairs of each value."""
    if dialect == "sqlite":
        outer = func.json_each(source, f'$."{member}"' if member else "$")
        outer = outer.table_valued(column("key", String), column("value", Text)).alias()
        inner = func.json_each(outer.c.value)
    else:
        whole = cast(source, JSONB)
        outer = func.jsonb_each(whole[member] if member else whole)
        outer = outer.table_valued(column("key", String), column("value", JSONB)).alias()
        inner = func.jsonb_each_text(outer.c.value)
    return outer, inner.table_valued(column("key", String), column("value", Text)).alias()


def _whole(text: ColumnElement) -> ColumnElement[int]:
    return cast(text, Integer)


def _date(dialect: str, text: ColumnElement) -> ColumnElement[date]:
    """SQLite's dates are ISO texts, and a cast would make numbers of them."""
    return type_coerce(text, Date) if dialect == "sqlite" else cast(text, Date)


def fenced(statement: Any) -> Any:
    """Computed once a row: both databases would otherwise copy a sub-select to each place that uses its column."""
    return statement.offset(0)
