"""Fitting text into a width: lines of a cell, a shortened running title."""

import re
from collections.abc import Iterator
from functools import cache

from reportlab.pdfbase.pdfmetrics import stringWidth

# A break is allowed at a plain space (the no-break one keeps its words together) and after a hyphen or a slash.
PIECES = re.compile(r"([^ \-/]*[-/]*)( *)")
ELLIPSIS = "…"


class _Widths(dict[str, float]):
    """Widths of a font's characters at size 1, each asked of ReportLab once: a long form measures a million."""

    def __init__(self, font: str) -> None:
        super().__init__()
        self.font = font

    def __missing__(self, character: str) -> float:
        return self.setdefault(character, stringWidth(character, self.font, 1))


_widths = cache(_Widths)


def text_width(text: str, font: str, size: float) -> float:
    """The width of a line; the same as ReportLab's, several times faster."""
    return sum(map(_widths(font).__getitem__, text)) * size


def fit_lines(text: str, font: str, size: float, width: float) -> list[str]:
    """The lines of the text at this width. Measured whole first: nearly every cell is one line."""
    paragraphs = text.splitlines() or [""]
    lines: list[str] = []
    for paragraph in paragraphs:
        if text_width(paragraph, font, size) <= width:
            lines.append(paragraph)
        else:
            lines.extend(_wrap(paragraph, font, size, width))
    return lines


def _wrap(text: str, font: str, size: float, width: float) -> list[str]:
    lines, current, filled = [], "", 0.0
    space = text_width(" ", font, size)
    for word, spaces, taken in _pieces(text, font, size, width):
        if current and filled + taken > width:
            lines.append(current.rstrip(" "))
            current, filled = "", 0.0
        current += word + spaces
        filled += taken + space * len(spaces)
    return [*lines, current.rstrip(" ")]


def _pieces(text: str, font: str, size: float, width: float) -> Iterator[tuple[str, str, float]]:
    """Each word with the spaces after it and its own width; one wider than the line in parts that fit."""
    for word, spaces in PIECES.findall(text):
        taken = text_width(word, font, size)
        while taken > width:
            head = _longest_prefix(word, font, size, width)
            yield head, "", text_width(head, font, size)
            word = word[len(head) :]
            taken = text_width(word, font, size)
        yield word, spaces, taken


def _longest_prefix(text: str, font: str, size: float, width: float) -> str:
    """As much of an unbreakable word as fits; at least a letter, so that the work ends."""
    end = 1
    while end < len(text) and text_width(text[: end + 1], font, size) <= width:
        end += 1
    return text[:end]


def shorten(text: str, font: str, size: float, width: float) -> str:
    """The text on one line, its end replaced by an ellipsis if it does not fit."""
    if text_width(text, font, size) <= width:
        return text
    room = width - text_width(ELLIPSIS, font, size)
    return _longest_prefix(text, font, size, room).rstrip() + ELLIPSIS
