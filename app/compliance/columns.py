"""The columns of a fact, and what the selects of every shape of obligation are made with."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    String,
    and_,
    cast,
    func,
    null,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from app.compliance.bindings.movement import ORDER
from app.compliance.relations import with_due
from app.compliance.within import ON, SINCE

COLUMNS: dict[str, Any] = {
    "rule": String,
    "kind": String,  # of the order that is the evidence
    "school_id": Integer,
    "pupil_id": Integer,
    "academic_year_id": Integer,
    "class_id": Integer,
    "subject_id": Integer,  # the line (shape R) or the membership (shape E) that the obligation is about
    "line_id": Integer,  # shape R
    "membership_id": Integer,  # shape E
    "anchor": Date,  # from this date the regulation counts the term
    "opens_on": Date,  # counted nowhere before
    "due": Date,  # when asked for with the dialect of the database
    "evidence": Date,  # entered on, if that is no later than :on
    "annulled_on": Date,  # shape R: the event did not take place
    "stays_from": Date,  # shape E: a departure from this day on sets the duty aside
    "exempt": Integer,  # shape E: 1 when a repeating pupil is not enrolled anew
}
JUDGED = ("rule", "school_id", "pupil_id", "due", "evidence", "annulled_on", "stays_from", "exempt")
"""What a status needs. Counts carry no more: each column costs time on a region."""


class year_day(GenericFunction[date]):  # noqa: N801 - named as a function is in SQL
    """A day of the calendar year that a column holds."""

    type = Date()
    inherit_cache = True


@compiles(year_day, "sqlite")
def _year_day_sqlite(element: year_day, compiler: Any, **kw: Any) -> str:
    return f"printf('%04d-%02d-%02d', {compiler.process(element.clauses, **kw)})"


@compiles(year_day, "postgresql")
def _year_day_postgresql(element: year_day, compiler: Any, **kw: Any) -> str:
    return f"make_date({compiler.process(element.clauses, **kw)})"


class days_from(GenericFunction[int]):  # noqa: N801 - named as a function is in SQL
    """Whole days from the second date to the first."""

    type = Integer()
    inherit_cache = True


@compiles(days_from, "sqlite")
def _days_from_sqlite(element: days_from, compiler: Any, **kw: Any) -> str:
    later, earlier = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@compiles(days_from, "postgresql")
def _days_from_postgresql(element: days_from, compiler: Any, **kw: Any) -> str:
    later, earlier = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({later} - {earlier})"


def in_force(line: FromClause, entered_on: ColumnElement[Any] | None = None) -> tuple[ColumnElement[bool], ...]:
    """The line was entered by the day and its order not annulled by then: from the annulment on it is no evidence."""
    annulled = select(ORDER.c.id).where(ORDER.c.annulled_on <= ON)
    entered_on = line.c.entered_on if entered_on is None else entered_on
    return entered_on <= ON, line.c.order_id.not_in(annulled)


def expression(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """A date that no index is tried for.

    In SQLite a bare DATE column has numeric affinity, with which text dates find no index; PostgreSQL prices an index
    on the school year and the entry date for every school year.
    """
    return func.coalesce(day, null(), type_=Date)


def row(**values: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """The columns in their order; an absent one is a NULL of its type, which PostgreSQL wants in a union."""
    return [values.get(name, cast(null(), kind)).label(name) for name, kind in COLUMNS.items()]


def due_of(
    source: FromClause, school_id: Any, anchor: Any, rules: Sequence[str], dialect: str | None
) -> tuple[Any, Any]:
    if dialect is None:
        return source, dict.fromkeys(rules, cast(null(), Date))
    return with_due(source, school_id, anchor, rules, dialect)


def is_open(day: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(day <= ON, day >= SINCE)
