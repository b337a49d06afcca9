"""Paging by key: the rows after or before a row, as cheap on the thousandth page as on the first.

An empty value stands last when the order ascends and first when it descends, on every database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, tuple_


@dataclass(frozen=True)
class Part:
    """What rows are ordered by, one of several."""

    column: Any
    descending: bool
    nullable: bool

    def clause(self, *, backwards: bool) -> ColumnElement[Any]:
        """For ORDER BY."""
        descending = self.descending != backwards
        clause = self.column.desc() if descending else self.column.asc()
        if not self.nullable:
            return clause
        return clause.nulls_first() if descending else clause.nulls_last()

    def same(self, value: Any) -> ColumnElement[bool]:
        return self.column.is_(None) if value is None else self.column == value

    def further(self, value: Any, *, backwards: bool) -> ColumnElement[bool] | None:
        """The values that stand after this one; nothing stands after an empty one when the order ascends."""
        descending = self.descending != backwards
        if value is None:
            return self.column.is_not(None) if descending else None
        if descending:
            return self.column < value
        return or_(self.column > value, self.column.is_(None)) if self.nullable else self.column > value


@dataclass(frozen=True)
class Join:
    """A record that rows are ordered by. One that is not there, or not for the reader to see, is an empty value."""

    target: Any
    on: ColumnElement[bool]
    outer: bool


@dataclass(frozen=True)
class Order:
    """A total order of rows: the last part is the key."""

    parts: tuple[Part, ...]
    joins: tuple[Join, ...] = ()

    @property
    def columns(self) -> list[Any]:
        return [part.column for part in self.parts]

    def joined(self, statement: Select[Any]) -> Select[Any]:
        """The statement with the records that its rows are ordered by."""
        for join in self.joins:
            statement = statement.join(join.target, join.on, isouter=join.outer)
        return statement

    def clauses(self, *, backwards: bool = False) -> list[ColumnElement[Any]]:
        """For ORDER BY."""
        return [part.clause(backwards=backwards) for part in self.parts]

    def beyond(self, values: Sequence[Any], *, backwards: bool = False) -> ColumnElement[bool]:
        """The condition «after the row with these values», or before it."""
        first = self.parts[0]
        if any(part.nullable or part.descending != first.descending for part in self.parts):
            return _step(self.parts, list(values), backwards)
        ours = tuple_(*self.columns)
        theirs = tuple_(*(literal(value, column.type) for column, value in zip(self.columns, values, strict=True)))
        return ours < theirs if first.descending != backwards else ours > theirs


def _step(parts: Sequence[Part], values: list[Any], backwards: bool) -> ColumnElement[bool]:
    """Part by part: further by this one, or equal in it and further by the rest."""
    part, value = parts[0], values[0]
    further = part.further(value, backwards=backwards)
    found = [further] if further is not None else []
    if len(parts) > 1:
        found.append(and_(part.same(value), _step(parts[1:], values[1:], backwards)))
    return or_(*found)
