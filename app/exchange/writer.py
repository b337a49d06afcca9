"""A table as XLSX or CSV. Text stays text: a cell that begins with «=» is never a formula."""

import codecs
import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
MOST_ROWS = 1_048_575
"""Rows of a sheet beside its header."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PART = 16 * 1024
"""Characters that are sent on together."""
LAYOUTS = {date: "dd.mm.yyyy", datetime: "dd.mm.yyyy hh:mm", time: "hh:mm"}
WIDTHS = {date: 10, datetime: 16, time: 5}
NARROWEST, WIDEST = 8, 50
"""Characters of a column; longer texts run on under their neighbours or are wrapped by whoever reads them."""
ROOM = 3
"""Characters that the button of the filter takes beside a heading."""
PHONE = re.compile(r"\+[0-9]{1,3}(?: [0-9-]+)+(?: доб\. [0-9]+)?")
GROUPED = re.compile(r"\+[0-9]{1,3}(?: [0-9]{3})+")
"""A number with its thousands apart: what stands so is read as a number, a phone or not."""


def xlsx(target: BinaryIO, title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """One sheet, header frozen, with filters, columns as wide as what they hold; dates and numbers stay what they are.

    Memory does not grow with the rows.

    Raises OSError when the disk is full.
    """
    with tempfile.TemporaryDirectory() as folder:  # the library leaves its own files behind when it is interrupted
        book = xlsxwriter.Workbook(target, {**OPTIONS, "tmpdir": folder})
        try:
            _fill(book, title, headers, rows)
            book.close()
        except FileCreateError as error:
            raise error.args[0] from error
        finally:
            book.fileclosed = True  # or an unfinished book tries to write itself once more when it is forgotten


def _fill(book: xlsxwriter.Workbook, title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(sheet_name(title))
    bold = book.add_format({"bold": True})
    formats = {kind: book.add_format({"num_format": layout}) for kind, layout in LAYOUTS.items()}
    widths = [max(NARROWEST, len(header) + ROOM) for header in headers]
    for column, header in enumerate(headers):
        sheet.write_string(0, column, header, bold)
    sheet.freeze_panes(1, 0)
    number = 0
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            widths[column] = max(widths[column], _width(value))
            _write(sheet, number, column, value, formats)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width, WIDEST))
    if headers:
        sheet.autofilter(0, 0, number, len(headers) - 1)


def _width(value: Any) -> int:
    """Characters that a value takes, and a little air."""
    return (WIDTHS.get(type(value)) or len(str(value))) + 1


def _write(sheet: Any, number: int, column: int, value: Any, formats: dict[type, Any]) -> None:
    if type(value) in LAYOUTS:
        sheet.write_datetime(number, column, value, formats[type(value)])
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(number, column, value)
    else:
        sheet.write_string(number, column, value)


def csv_text(target: BinaryIO, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """The same as `csv_parts`, into a file."""
    target.writelines(csv_parts(headers, rows))


def csv_parts(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Semicolons and a byte-order mark: what Russian Excel opens by a double click. A part of some kilobytes is ready
    as soon as its rows are."""
    text = io.StringIO(codecs.BOM_UTF8.decode(), newline="")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    for row in rows:
        writer.writerow([f"'{value}" if _is_formula(value) else value for value in row])
        if text.tell() >= PART:
            yield _taken(text)
    yield _taken(text)


def _is_formula(value: str) -> bool:
    """Whether a spreadsheet would reckon a text or make a number of it. A phone it leaves alone: parts with spaces
    between them are no sum, and with a hyphen or a part of other than three digits no number."""
    if PHONE.fullmatch(value) and not GROUPED.fullmatch(value):
        return False
    return value.startswith(FORMULA_STARTS)


def _taken(text: io.StringIO) -> bytes:
    part = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return part


def sheet_name(title: str) -> str:
    """A title as a sheet may be called."""
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in title)[:31]
