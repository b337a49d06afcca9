"""A table to be filled in, as XLSX: headings, drop-down lists, notes; empty, or with rows and what is wrong there."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from app.exchange.writer import sheet_name

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
LISTS, NOTES = "Списки", "Пояснения"
LAST_ROW = 5_000
"""Rows that are made ready for filling in."""
TEXT, DATE = "@", "dd.mm.yyyy"
NARROWEST, WIDEST = 12, 40


@dataclass(frozen=True)
class Column:
    """A column as somebody fills it in."""

    title: str
    required: bool = False
    note: str = ""
    choices: Sequence[str] = ()
    layout: str = ""
    """The number format of its cells: TEXT keeps leading zeros. Nothing: the spreadsheet's own."""


def template(
    target: BinaryIO, title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], notes: Sequence[str]
) -> None:
    """The first sheet is the table, the second tells about each column, the third, hidden, holds the lists.

    Every cell of a row is written as text: nothing becomes a formula. Raises OSError when the disk is full.
    """
    with tempfile.TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(target, {**OPTIONS, "tmpdir": folder})
        try:
            table, told = book.add_worksheet(sheet_name(title)), book.add_worksheet(NOTES)
            _fill(book, table, columns, rows)
            _explain(book, told, columns, notes)
            _lists(book, table, columns)
            book.close()
        except FileCreateError as error:
            raise error.args[0] from error
        finally:
            book.fileclosed = True  # or an unfinished book tries to write itself once more when it is forgotten


def _fill(book: Any, sheet: Any, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    layouts = {each: book.add_format({"num_format": each}) for each in (TEXT, DATE)}
    for place, column in enumerate(columns):
        width = min(max(len(column.title) + 4, NARROWEST), WIDEST)
        sheet.set_column(place, place, width, layouts.get(column.layout))
        sheet.write_string(0, place, column.title + (" *" if column.required else ""), head)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if value:
                sheet.write_string(number, place, value, layouts.get(columns[place].layout))
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)


def _explain(book: Any, sheet: Any, columns: Sequence[Column], notes: Sequence[str]) -> None:
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 34, wrapped)
    sheet.set_column(1, 1, 90, wrapped)
    for number, note in enumerate(notes):
        sheet.merge_range(number, 0, number, 1, note, wrapped)
        sheet.set_row(number, 30)
    start = len(notes) + 1
    sheet.write_row(start, 0, ["Столбец", "Как заполнять"], bold)
    for number, column in enumerate(columns, start=start + 1):
        required = "Обязательно. " if column.required else ""
        sheet.write_string(number, 0, column.title, wrapped)
        sheet.write_string(number, 1, required + column.note, wrapped)


def _lists(book: Any, table: Any, columns: Sequence[Column]) -> None:
    """Drop-down lists lead to the hidden sheet: written in the cell itself they may hold 255 characters only."""
    listed = [(place, column) for place, column in enumerate(columns) if column.choices]
    if not listed:
        return
    sheet = book.add_worksheet(LISTS)
    sheet.hide()
    for number, (place, column) in enumerate(listed):
        sheet.write_column(0, number, column.choices, book.add_format({"num_format": TEXT}))
        letter = xlsxwriter.utility.xl_col_to_name(number)
        source = f"={LISTS}!${letter}$1:${letter}${len(column.choices)}"
        told = {"error_title": "Такого значения нет", "error_message": "Выберите значение из списка."}
        table.data_validation(1, place, LAST_ROW, place, {"validate": "list", "source": source, **told})
