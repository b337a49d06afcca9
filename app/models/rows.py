"""Rows of a record: records of another model that are entered, changed and taken away together with it.

Declared on the model they belong to: `__rows__ = (ChildRows(lambda: MovementLine, "order", ("pupil", "event_date")),)`.
The form of the record shows them one compact line each (app/panel/editing/rows.py); the guard, the trail and the bin
see each row that is taken away.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty

from app.choices import Choice
from app.models.references import shared_of

MOST_ROWS = 2000


def always(choice: Any) -> bool:
    return True


def never(choice: Any) -> bool:
    return False


def no_label(choice: Any) -> None:
    return None


@dataclass(frozen=True)
class ShowFor:
    """What of a column follows from a choice that the form asks for in another column."""

    column: str
    """The column of the choice, on the record itself."""
    shown: Callable[[Any], object] = always
    """Whether the column is a part of the record for this choice."""
    label: Callable[[Any], str | None] = no_label
    """What the column is called for this choice; None: as ever."""
    wanted: Callable[[Any], object] = never
    """Whether the column is to be filled for this choice; the group's service refuses it empty."""

    def choices(self, model: Any) -> list[Choice]:
        """The choices for which the column is shown."""
        return [choice for choice in choices_of(model, self.column) if self.shown(choice)]

    def wanting(self, model: Any) -> list[Choice]:
        """The choices for which the column is to be filled."""
        return [choice for choice in self.choices(model) if self.wanted(choice)]

    def labels(self, model: Any) -> dict[Choice, str]:
        """Choice → the label of the column, where it has one of its own."""
        told = {choice: self.label(choice) for choice in choices_of(model, self.column)}
        return {choice: label for choice, label in told.items() if label}


def choices_of(model: Any, column: str) -> list[Choice]:
    return list(inspect(model).columns[column].type.enum_class)


@dataclass(frozen=True)
class AddMany:
    """Rows for everybody who belongs to a chosen record: a whole class at once."""

    by: str
    """The reference of the first column's record by which it belongs: `school_class` of a pupil."""
    label: str
    """«Добавить весь класс»"""
    nobody: str
    """Said when nobody belongs to the chosen one."""


@dataclass(frozen=True)
class ChildRows:
    """The declaration."""

    of: Callable[[], Any]
    """The model of a row; called late, since it may be declared below."""
    parent: str
    """The reference of a row to its record; the record's own relation is what it `back_populates`."""
    columns: tuple[str, ...]
    """What a row asks for, in this order. A reference that stands first is what the row is about."""
    show_for: Mapping[str, ShowFor] = field(default_factory=dict)
    """Column → the choice of the record on which it depends."""
    fill_from: Mapping[str, str] = field(default_factory=dict)
    """Column → what it is filled from when the row's first reference is chosen, a path from the row
    (`pupil.school_class`). One that is not asked for is only shown."""
    add_many: tuple[AddMany, ...] = ()
    add_label: str = "Строка"
    none: str = ""
    """Said when no row is left; empty: a record may have none."""
    most: int = MOST_ROWS

    @cached_property
    def model(self) -> Any:
        return self.of()

    @property
    def relation(self) -> RelationshipProperty[Any]:
        """The row's reference to its record."""
        return inspect(self.model).relationships[self.parent]

    @property
    def name(self) -> str:
        """The record's relation that holds the rows."""
        return str(self.relation.back_populates)

    @cached_property
    def target(self) -> str | None:
        """The reference that says whom or what a row is about."""
        first = self.columns[0]
        return first if first in inspect(self.model).relationships else None

    @property
    def shown(self) -> list[str]:
        """Columns of a row that are shown and not asked for."""
        return [name for name in self.fill_from if name not in self.columns]

    @property
    def references(self) -> list[str]:
        """The asked and shown columns that are references."""
        relations = inspect(self.model).relationships
        return [name for name in (*self.columns, *self.shown) if name in relations]

    def filling(self, name: str) -> list[str]:
        """What is read of a reference's record to fill the others, as paths from it."""
        return [path.partition(".")[2] for path in self.fill_from.values() if path.partition(".")[0] == name]

    @property
    def paths(self) -> list[str]:
        """What the form of a record reads of its rows, as paths from the record."""
        return [f"{self.name}.{name}" for name in self.references]


def rows_of(model: Any) -> dict[str, ChildRows]:
    """The rows of a model by the name of its relation."""
    return {rows.name: rows for rows in getattr(model, "__rows__", ())}


def owners(models: Iterable[Any]) -> dict[Any, ChildRows]:
    """Model of a row → the declaration by which it belongs to a record."""
    return {rows.model: rows for model in models for rows in getattr(model, "__rows__", ())}


def follow(record: Any) -> None:
    """Give the rows of a record what they have in common with it: the school, and whatever else the key holds."""
    for name, rows in rows_of(type(record)).items():
        for row in getattr(record, name):
            for here, there in shared_of(rows.relation):
                setattr(row, here.key, settled(record, there.key))


def taken_out(record: Any, name: str) -> list[Any]:
    """The stored rows that are no longer among the rows of a record: the flush deletes them."""
    return [row for row in inspect(record).attrs[name].history.deleted or () if inspect(row).persistent]


def settled(record: Any, key: str) -> Any:
    """A column of a record, before the flush too: then the relation that is to fill it may know it."""
    value = getattr(record, key)
    if value is None:
        for relation in inspect(type(record)).relationships:
            columns = {column.key for column in relation.local_columns}
            if columns == {key} and relation.direction.name == "MANYTOONE":
                target = getattr(record, relation.key)
                return target.id if target is not None else None
    return value
