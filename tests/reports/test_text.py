"""Lines of a cell: nothing lost, nothing wider than its column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import stringWidth

from app.reports.engine.fonts import REGULAR, register_fonts
from app.reports.engine.text import fit_lines, shorten, text_width
from app.russian import NBSP

SIZE, WIDTH = 9, 80
register_fonts()
texts = st.text(alphabet=f"абвШЩ№ -/.,12{NBSP}", max_size=120)


def lines_of(text, width=WIDTH):
    return fit_lines(text, REGULAR, SIZE, width)


@given(texts, st.integers(20, 200))
def test_nothing_is_lost_and_nothing_is_too_wide(text, width):
    lines = lines_of(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert stringWidth(line, REGULAR, SIZE) <= width + 1e-6 or line.strip(" ") in "".join(text.split())[:1]


@given(texts)
def test_widths_are_those_of_the_library(text):
    assert text_width(text, REGULAR, SIZE) == pytest.approx(stringWidth(text, REGULAR, SIZE))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("МБОУ СОШ № 1", ["МБОУ СОШ № 1"]),
        ("раз\nдва", ["раз", "два"]),
        ("муниципальное учреждение", ["муниципальное", "учреждение"]),
        ("Константинопольская-Ли", ["Константинопольс", "кая-Ли"]),
        ("Преображенская-Петровская", ["Преображенская-", "Петровская"]),
        (f"Преображенский А.{NBSP}О.", ["Преображенский", f"А.{NBSP}О."]),
    ],
)
def test_breaks(text, lines):
    assert lines_of(text) == lines


def test_shorten_keeps_what_fits():
    assert shorten("Короткий", REGULAR, SIZE, WIDTH) == "Короткий"
    short = shorten("Очень длинное название организации", REGULAR, SIZE, WIDTH)
    assert short.endswith("…")
    assert stringWidth(short, REGULAR, SIZE) <= WIDTH
