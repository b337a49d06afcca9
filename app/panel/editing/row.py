"""One line of the rows of a form, and one column of their table."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import wtforms

from app.models.rows import ShowFor
from app.panel.editing import fields

NUMBER, TICK, TICKS = "id", "keep", "ticks"
"""Parts of the names of a row's own boxes: `lines-0-id`, `lines-0-keep`; `lines-ticks` says that there are ticks."""


@dataclass(eq=False)
class Row:
    """One line: its fields, whether its tick stands, and the record that it was opened with."""

    number: int | str
    form: wtforms.Form
    is_ticked: bool = True
    stored: Any = None
    said: dict[str, str] = dataclasses.field(default_factory=dict)
    """Texts of columns that are only shown, where the record to be says them and not what is chosen."""

    @property
    def is_blank(self) -> bool:
        """Nothing was typed and nothing is stored."""
        return self.stored is None and not any(map(_is_filled, self.form))

    @property
    def is_left(self) -> bool:
        """Whether it is to be saved."""
        return self.is_ticked and not self.is_blank


def _is_filled(field: wtforms.Field) -> bool:
    """A tick and a choice that is never empty say nothing about whether anything was typed."""
    never_empty = isinstance(field, fields.SelectField) and "" not in field.choices
    if field.short_name == NUMBER or isinstance(field, wtforms.BooleanField) or never_empty:
        return False
    return bool(field.raw_data and str(field.raw_data[0]).strip())


@dataclass(frozen=True)
class Column:
    """A column of the table as its heading tells it."""

    name: str
    label: str
    field: wtforms.Field | None
    """The field of an empty row; None: the column is only shown."""
    show_for: ShowFor | None
    model: Any

    @property
    def kinds(self) -> list[str] | None:
        """The choices for which it is shown; None: all."""
        return [str(choice) for choice in self.show_for.choices(self.model)] if self.show_for else None

    @property
    def wanted(self) -> list[str]:
        """The choices for which it is to be filled."""
        return [str(choice) for choice in self.show_for.wanting(self.model)] if self.show_for else []

    @property
    def labels(self) -> dict[str, str]:
        return {str(k): text for k, text in self.show_for.labels(self.model).items()} if self.show_for else {}
