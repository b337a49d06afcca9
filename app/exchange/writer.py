"""A table as XLSX or CSV. Text stays text: a cell that begins with «=» is never a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LAYOUTS = {date: "dd.mm.yyyy", datetime: "dd.mm.yyyy hh:mm", time: "hh:mm"}


def xlsx(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet, header frozen; dates and numbers stay what they are. Memory does not grow with the rows."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_sheet_name(title))
    bold = book.add_format({"bold": True})
    formats = {kind: book.add_format({"num_format": layout}) for kind, layout in LAYOUTS.items()}
    for column, header in enumerate(headers):
        sheet.write_string(0, column, header, bold)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(headers) - 1, 0), 22)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, formats)
    book.close()
    return buffer.getvalue()


def _write(sheet: Any, number: int, column: int, value: Any, formats: dict[type, Any]) -> None:
    if type(value) in LAYOUTS:
        sheet.write_datetime(number, column, value, formats[type(value)])
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(number, column, value)
    else:
        sheet.write_string(number, column, value)


def csv_bytes(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Semicolons and a byte-order mark: what Russian Excel opens by a double click."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    for row in rows:
        writer.writerow([f"'{value}" if value.startswith(FORMULA_STARTS) else value for value in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def _sheet_name(title: str) -> str:
    return "".join(" " if sign in "[]:*?/\\" else sign for sign in title)[:31]
