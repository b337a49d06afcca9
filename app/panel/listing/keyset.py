"""Paging by key: the rows after or before a row, as cheap on the thousandth page as on the first.

An empty value stands last when the order ascends and first when it descends, on every database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, inspect, literal, or_, tuple_


@dataclass(frozen=True)
class Order:
    """Columns of a model in one direction; the key makes the order total."""

    model: Any
    names: tuple[str, ...]
    descending: bool = False

    @property
    def columns(self) -> list[Any]:
        return [getattr(self.model, name) for name in dict.fromkeys((*self.names, "id"))]

    def clauses(self, *, backwards: bool = False) -> list[ColumnElement[Any]]:
        """For ORDER BY."""
        return [_clause(column, self.descending != backwards) for column in self.columns]

    def beyond(self, values: Sequence[Any], *, backwards: bool = False) -> ColumnElement[bool]:
        """The condition «after the row with these values», or before it."""
        descending = self.descending != backwards
        columns = self.columns
        if any(_nullable(column) for column in columns):
            return _step(columns, list(values), descending)
        ours = tuple_(*columns)
        theirs = tuple_(*(literal(value, column.type) for column, value in zip(columns, values, strict=True)))
        return ours < theirs if descending else ours > theirs


def _nullable(column: Any) -> bool:
    return bool(inspect(column).property.columns[0].nullable)


def _clause(column: Any, descending: bool) -> ColumnElement[Any]:
    clause = column.desc() if descending else column.asc()
    if not _nullable(column):
        return clause
    return clause.nulls_first() if descending else clause.nulls_last()


def _step(columns: list[Any], values: list[Any], descending: bool) -> ColumnElement[bool]:
    """Column by column: further by this one, or equal in it and further by the rest."""
    column, value = columns[0], values[0]
    same = column.is_(None) if value is None else column == value
    further = _further(column, value, descending)
    found = [further] if further is not None else []
    if len(columns) > 1:
        found.append(and_(same, _step(columns[1:], values[1:], descending)))
    return or_(*found)


def _further(column: Any, value: Any, descending: bool) -> ColumnElement[bool] | None:
    """The values that stand after this one; nothing stands after an empty one when the order ascends."""
    if value is None:
        return column.is_not(None) if descending else None
    if descending:
        return column < value
    return or_(column > value, column.is_(None)) if _nullable(column) else column > value
