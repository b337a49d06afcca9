"""Columns, rows and headings of a table, measured once: every line of text gets its place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from app.reports.engine.fonts import BOLD, REGULAR
from app.reports.engine.text import fit_lines, text_width

Align = Literal["left", "right", "center"]
Kind = Literal["body", "subtotal", "total", "band"]
"""A band heads the rows below it: one text over all columns."""

TYPE_SIZE = 9.0
FINE_SIZE = 8.0
HEAD_SIZE = 8.0
# The distance between baselines and the height of a capital, as shares of the type size.
LEADING = 1.2
ASCENT = 0.9
PAD_X = 4.0
PAD_Y = 2.5
# A cell with more lines goes on in a next row, so that even a subtotal and its first row fit on one page.
MAX_LINES = 16


@dataclass(frozen=True)
class Column:
    """A column; neighbours with the same `group` stand under one common heading."""

    title: str
    width: float
    align: Align = "left"
    group: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Mark:
    """A line of text at its place, counted from the upper left corner of its row or heading."""

    x: float
    y: float
    font: str
    text: str


@dataclass(frozen=True)
class Row:
    height: float
    marks: tuple[Mark, ...]
    kind: Kind = "body"
    size: float = TYPE_SIZE
    bookmark: str = ""
    """The row's title in the outline of the file, and how deep it stands there."""
    level: int = 0


@dataclass(frozen=True)
class Box:
    """A cell of the heading, counted from its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class Head:
    height: float
    boxes: tuple[Box, ...]
    marks: tuple[Mark, ...]


def total_width(columns: Iterable[Column]) -> float:
    return sum(column.width for column in columns)


def _indent(align: Align, width: float, text: str, font: str, size: float) -> float:
    if align == "left":
        return PAD_X
    spare = width - text_width(text, font, size)
    return spare - PAD_X if align == "right" else spare / 2


def make_rows(
    columns: Sequence[Column], texts: Sequence[str], kind: Kind = "body", size: float = TYPE_SIZE
) -> Iterator[Row]:
    """The measured row; several, when a cell is too long for one."""
    fonts = [REGULAR if kind == "body" and not column.strong else BOLD for column in columns]
    cells = [
        fit_lines(text, font, size, column.width - 2 * PAD_X)
        for column, text, font in zip(columns, texts, fonts, strict=True)
    ]
    for start in range(0, max(map(len, cells)), MAX_LINES):
        part = [lines[start : start + MAX_LINES] for lines in cells]
        height = max(map(len, part)) * size * LEADING + 2 * PAD_Y
        yield Row(height, tuple(_row_marks(columns, fonts, part, size)), kind, size)


def make_band(columns: Sequence[Column], title: str, note: str, level: int, size: float = TYPE_SIZE) -> Row:
    """A heading inside the table: the title strong, the note under it; `level` is its depth in the outline."""
    room = total_width(columns) - 2 * PAD_X
    parts = [(BOLD, line) for line in fit_lines(title, BOLD, size, room)]
    parts += [(REGULAR, line) for line in fit_lines(note, REGULAR, size, room) if line]
    marks = tuple(
        Mark(PAD_X, PAD_Y + size * (ASCENT + index * LEADING), font, line) for index, (font, line) in enumerate(parts)
    )
    return Row(len(parts) * size * LEADING + 2 * PAD_Y, marks, "band", size, title, level)


def _row_marks(
    columns: Sequence[Column], fonts: Sequence[str], cells: Sequence[Sequence[str]], size: float
) -> Iterator[Mark]:
    left = 0.0
    for column, font, lines in zip(columns, fonts, cells, strict=True):
        baseline = PAD_Y + size * ASCENT
        for line in lines:
            yield Mark(left + _indent(column.align, column.width, line, font, size), baseline, font, line)
            baseline += size * LEADING
        left += column.width


def make_head(columns: Sequence[Column]) -> Head:
    """Titles, in two storeys where columns are grouped, above the numbers of the columns."""
    groups = [(title, list(members)) for title, members in groupby(columns, lambda column: column.group)]
    upper = max((_title_height(title, total_width(members)) for title, members in groups if title), default=0.0)
    titles = max(_title_height(column.title, column.width) + (upper if column.group else 0) for column in columns)
    boxes = [*_group_boxes(groups, upper), *_title_boxes(columns, upper, titles), *_number_boxes(columns, titles)]
    height = max(box.y + box.height for box in boxes)
    return Head(height, tuple(boxes), tuple(mark for box in boxes for mark in _head_marks(box)))


def _group_boxes(groups: Sequence[tuple[str, Sequence[Column]]], height: float) -> Iterator[Box]:
    left = 0.0
    for title, members in groups:
        if title:
            yield Box(left, 0, total_width(members), height, title)
        left += total_width(members)


def _title_boxes(columns: Sequence[Column], upper: float, bottom: float) -> Iterator[Box]:
    left = 0.0
    for column in columns:
        top = upper if column.group else 0.0
        yield Box(left, top, column.width, bottom - top, column.title)
        left += column.width


def _number_boxes(columns: Sequence[Column], top: float) -> Iterator[Box]:
    left = 0.0
    for number, column in enumerate(columns, 1):
        yield Box(left, top, column.width, HEAD_SIZE * LEADING + PAD_Y, str(number))
        left += column.width


def _title_lines(title: str, width: float) -> list[str]:
    return fit_lines(title, REGULAR, HEAD_SIZE, width - 2 * PAD_X)


def _title_height(title: str, width: float) -> float:
    return len(_title_lines(title, width)) * HEAD_SIZE * LEADING + 2 * PAD_Y


def _head_marks(box: Box) -> Iterator[Mark]:
    lines = _title_lines(box.title, box.width)
    baseline = box.y + (box.height - len(lines) * HEAD_SIZE * LEADING) / 2 + HEAD_SIZE * ASCENT
    for line in lines:
        yield Mark(box.x + _indent("center", box.width, line, REGULAR, HEAD_SIZE), baseline, REGULAR, line)
        baseline += HEAD_SIZE * LEADING
