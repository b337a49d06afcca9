"""Rows of a form: any number of small forms under one name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import wtforms
from flask import url_for

LONGEST_NUMBER = 6
"""Digits of the number of a row: no page has a million of them."""


@dataclass(frozen=True)
class Fill:
    """A button under the rows: one row more for each record that belongs to a chosen one."""

    label: str
    chooser: str
    """What is chosen first, as its box says it."""
    choices: str
    """Endpoint of the look-up of what is chosen."""
    source: str
    """Endpoint that lists what belongs to it, as a look-up answers."""
    argument: str
    """The argument of `source` that names the chosen one."""
    missing: str
    """Said when nothing is chosen."""
    nothing: str
    """Said when all of them stand there already."""
    icon: str = "plus"

    @property
    def choices_url(self) -> str:
        return url_for(self.choices)

    @property
    def source_url(self) -> str:
        return url_for(self.source)


class RowsField(wtforms.FieldList):
    """Rows are numbered by the page, with gaps where some were taken away; what is no number names no row."""

    add_label = "Строка"
    target = ""
    """The field of a row that takes the record which the row is added for."""
    fill: Fill | None = None

    @property
    def template_row(self) -> wtforms.Form:
        """An empty row for the page's script to copy."""
        return self.unbound_field.args[0](prefix=f"{self.name}-__i__-")

    def _extract_indices(self, prefix: str, formdata: Iterable[Any]) -> Iterator[int]:
        for name in formdata:
            number = name.removeprefix(f"{prefix}-").partition("-")[0] if name.startswith(f"{prefix}-") else ""
            if number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER:
                yield int(number)
