"""The columns of a fact, and what the selects of every shape of duty are made with."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, Integer, String, case, cast, extract, func, literal, null
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from app.compliance.readings import BY_CLASS
from app.compliance.relations import with_due
from app.compliance.within import Within
from app.regulation import load_regulation

COLUMNS: dict[str, Any] = {
    "rule": String,
    "school_id": Integer,
    "subject_id": Integer,  # the record that the duty is owed for, of the table that the rule looks at
    "about_id": Integer,  # the card that it is told by, and within what group: for the order and the caption; else 0
    "group_id": Integer,
    "detail": String,  # what the binding wants to be told by its captions
    "anchor": Date,  # from this date the regulation counts the term
    "opens_on": Date,  # counted nowhere before
    "due": Date,  # when asked for with the dialect of the database; relations.BEFORE_START: counted nowhere
    "evidence": Date,  # entered on, if that is no later than :on
    "withdrawn_on": Date,  # from this day on what was entered is withdrawn
    "stays_from": Date,  # the ground of the duty may end from this day on (Binding.ended)
    "exempt": Integer,  # the number of the binding's words why nothing is owed; none: it is owed
    "held_id": Integer,  # an act would better or remove it: it stands as it stood (app/compliance/held.py)
}
JUDGED = ("rule", "school_id", "about_id", "due", "evidence", "withdrawn_on", "stays_from", "exempt")
"""What a status needs. Counts carry no more: each column costs time on a region."""
NOTHING = {"about_id": literal(0), "group_id": literal(0)}
"""By these a page goes on where the last one ended, so they are never NULL."""


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


def school_year_of(rule: str, day: ColumnElement[Any]) -> ColumnElement[int]:
    """The calendar year in which the school year holding a day begins, as the rule has it begin."""
    starts = load_regulation().rules[rule].year_starts
    year, month, number = (cast(extract(part, day), Integer) for part in ("year", "month", "day"))
    return year - case((month * 100 + number < starts.month * 100 + starts.day, 1), else_=0)


def expression(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """A date that no index is tried for.

    In SQLite a bare DATE column has numeric affinity, with which text dates find no index; PostgreSQL prices an index
    that ends with a date as if every row had another one.
    """
    return func.coalesce(day, null(), type_=Date)


def row(**values: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """The columns in their order; an absent one is a NULL of its type, which PostgreSQL wants in a union."""
    absent = {name: cast(null(), kind) for name, kind in COLUMNS.items()} | NOTHING
    return [values.get(name, absent[name]).label(name) for name in COLUMNS]


def due_of(
    source: FromClause,
    school_id: Any,
    anchor: Any,
    rules: Sequence[str],
    dialect: str | None,
    began: ColumnElement[Any] | None = None,
    grade: ColumnElement[int] | None = None,
) -> tuple[Any, Any]:
    """`source` joined with the due dates of these rules, and those by rule; without a dialect there are none.

    `began`: the day on which what the duty is owed for began, where that is not the anchor; `stays_from` of the fact.
    `grade`: by whose days is counted (`by_class`).
    """
    if dialect is None:
        return source, dict.fromkeys(rules, cast(null(), Date))
    return with_due(source, school_id, anchor, rules, dialect, began, grade)


def by_class(
    within: Within, rule: str, anchor: ColumnElement[Any], grade: ColumnElement[int]
) -> ColumnElement[int] | None:
    """The grade, where it is read that its days count in the school year of the anchor; NULL in other years, None where
    nothing is read so."""
    if not within.is_read(*BY_CLASS):
        return None
    return case((within.chosen(*BY_CLASS, school_year_of(rule, anchor)), grade))
