"""Rows of a form: any number of small forms under one name."""

from collections.abc import Iterable, Iterator
from typing import Any

import wtforms

LONGEST_NUMBER = 6
"""Digits of the number of a row: no page has a million of them."""


class RowsField(wtforms.FieldList):
    """Rows are numbered by the page, with gaps where some were taken away; what is no number names no row."""

    def _extract_indices(self, prefix: str, formdata: Iterable[Any]) -> Iterator[int]:
        for name in formdata:
            number = name.removeprefix(f"{prefix}-").partition("-")[0] if name.startswith(f"{prefix}-") else ""
            if number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER:
                yield int(number)
