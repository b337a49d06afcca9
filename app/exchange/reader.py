"""A table that somebody fills in a spreadsheet, as rows of text. Bytes in, rows out; it knows not what a row means.

Every cell becomes what a person would type: dates dd.mm.yyyy, whole numbers without a point, «да» and «нет».
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from app.russian import format_date, format_number

MOST_ROWS = 100_000
MOST_COLUMNS = 200
LARGEST_UNPACKED = 300 * 1024 * 1024
"""Bytes of an XLSX once unpacked: a small file may hide a huge one."""
LONGEST_CELL = 32_767
"""Characters; a spreadsheet has no longer ones."""
ERROR_CELL = re.compile(rb"<c\b[^>]*\bt=[\"']e[\"'][^>]*>")
CELL_NAME = re.compile(rb"\br=[\"']([A-Z]{1,3}[0-9]{1,7})[\"']")
SHEET, LINK = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>"), re.compile(rb"<Relationship\b[^>]*>")
RELATION, TARGET = re.compile(rb"\b\w+:id=\"([^\"]+)\""), re.compile(rb"\bTarget=\"([^\"]+)\"")
SHOWN_CELLS = SHOWN_NAMES = 10
LONGEST_NAME = 60
ENCODINGS, WIDE = ("utf-8-sig", "cp1251"), "utf-16"
DELIMITERS = (";", "\t", ",")

Cell = str | float | int | bool | date | datetime | time | timedelta | None


class UnreadableTable(ValueError):
    """The file is no table that can be read; the message is Russian and says what to do."""


@dataclass(frozen=True)
class Row:
    """A row of the file: its number as the spreadsheet shows it, and the text under each heading."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(data: bytes) -> Table:
    """The first sheet of an XLSX, XLS or ODS file, or a CSV. The first row that holds anything has the headings.

    Empty rows are passed over. Raises UnreadableTable.
    """
    lines = _lines(data)
    heading = next(((number, cells) for number, cells in lines if any(cells)), None)
    if heading is None:
        raise UnreadableTable("В файле нет ни одной заполненной строки.")
    headings = _headings(heading[1])
    rows = tuple(_rows(headings, lines))
    return Table(tuple(name for name in headings if name), rows)


def _lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    read: Callable[[bytes], Iterable[Iterable[Cell]]] = _workbook if _is_workbook(data) else _csv
    return ((number, [as_typed(cell) for cell in line]) for number, line in enumerate(read(data), start=1))


def _is_workbook(data: bytes) -> bool:
    """XLSX and ODS are ZIP archives, XLS is a compound document."""
    return data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def _workbook(data: bytes) -> Iterable[Iterable[Cell]]:
    _refuse_bomb(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        if not book.sheet_names:
            raise UnreadableTable("В файле нет листов.")
        _refuse_errors(data)
        # From the first cell, filled or not: the number of a row is the one that the spreadsheet shows.
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except PasswordError:
        raise UnreadableTable("Файл закрыт паролем. Сохраните его без пароля и загрузите снова.")
    except (CalamineError, zipfile.BadZipFile):
        raise UnreadableTable("Файл повреждён или это не таблица. Сохраните его в Excel как XLSX и загрузите снова.")


def _refuse_bomb(data: bytes) -> None:
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        raise UnreadableTable("Файл повреждён: загружен не целиком. Загрузите его ещё раз.")
    if unpacked > LARGEST_UNPACKED:
        raise UnreadableTable("Файл после распаковки слишком велик. Разделите его на части.")


def _refuse_errors(data: bytes) -> None:
    """A formula that failed is read as an empty cell: what was meant would be lost without a word."""
    if not data.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = _first_sheet(archive)
        found = ERROR_CELL.findall(archive.read(sheet)) if sheet is not None else []
    names = [name[1].decode() for name in map(CELL_NAME.search, found) if name is not None]
    if names:
        more = " и другие" if len(names) > SHOWN_CELLS else ""
        told = ", ".join(names[:SHOWN_CELLS]) + more
        raise UnreadableTable(f"В ячейках вместо значения ошибка формулы: {told}. Впишите значения и загрузите снова.")


def _first_sheet(archive: zipfile.ZipFile) -> str | None:
    """The part of an XLSX that holds its first sheet; None in another kind of archive."""
    try:
        book, links = archive.read("xl/workbook.xml"), archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return None
    sheet = SHEET.search(book)
    key = RELATION.search(sheet[0]) if sheet is not None else None
    targets = [TARGET.search(each) for each in LINK.findall(links) if key is not None and b'"' + key[1] + b'"' in each]
    target = targets[0][1].decode() if targets and targets[0] is not None else ""
    name = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return name if name in archive.namelist() else None


def _csv(data: bytes) -> Iterable[Iterable[Cell]]:
    text = _decoded(data)
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "field limit" in str(error):
            raise UnreadableTable("В файле слишком длинный текст. Сократите его и загрузите снова.") from error
        raise UnreadableTable("Файл CSV прочесть не удалось: не закрыты кавычки. Сохраните таблицу как XLSX.")


def _decoded(data: bytes) -> str:
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\x00" in data and not is_wide:
        raise UnreadableTable("Это не таблица. Ожидается файл XLSX, XLS, ODS или CSV.")
    for encoding in (WIDE,) if is_wide else ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableTable("Файл CSV прочесть не удалось: неизвестная кодировка. Сохраните таблицу как XLSX.")


def _headings(cells: list[str]) -> list[str]:
    """Trimmed, the star of a required column taken away; a repeated one would hide the other."""
    names = [" ".join(cell.split()).rstrip("*").strip() for cell in cells]
    if len(names) > MOST_COLUMNS:
        raise UnreadableTable(f"Столбцов больше {MOST_COLUMNS}: возможно, это не та таблица.")
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise UnreadableTable(f"Столбец повторяется: {quoted(repeated)}. Оставьте один.")
    return names


def quoted(names: Sequence[str]) -> str:
    """Headings as a message names them: of very many or very long ones the beginning."""
    more = f" и ещё {len(names) - SHOWN_NAMES}" if len(names) > SHOWN_NAMES else ""
    return (
        ", ".join(
            f"«{name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + '…'}»" for name in names[:SHOWN_NAMES]
        )
        + more
    )


def _rows(headings: list[str], lines: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
    filled = ((number, cells) for number, cells in lines if any(cells))
    for count, (number, cells) in enumerate(filled, start=1):
        if count > MOST_ROWS:
            raise UnreadableTable(f"Строк больше {format_number(MOST_ROWS)}. Разделите файл на части.")
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise UnreadableTable(f"В строке {number} слишком длинный текст. Сократите его и загрузите снова.")
        yield Row(number, {name: value for name, value in zip(headings, cells, strict=False) if name})


def as_typed(cell: Cell) -> str:
    """A cell as a person would type it into a form."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    if isinstance(cell, datetime):
        moment = f" {cell:%H:%M}" if cell.time() != time() else ""
        return format_date(cell) + moment
    if isinstance(cell, date):
        return format_date(cell)
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else f"{cell:.10g}".replace(".", ",")
    # A CSV of ours puts an apostrophe before what a spreadsheet would take for a formula.
    text = str(cell).strip().replace("\u00a0", " ")
    return text.removeprefix("'") if text[:2] in ("'=", "'+", "'-", "'@") else text
