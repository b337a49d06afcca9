"""The file itself: the same bytes, its own fonts, nothing outside of the margins."""

import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from pypdf import PdfReader
from reportlab.pdfbase.pdfmetrics import stringWidth

from app.reports.engine.fonts import BOLD, ITALIC, REGULAR
from app.reports.engine.layout import BOTTOM, LEFT, RIGHT, TOP
from app.reports.movement.data import Signatory
from app.reports.movement.pdf import print_movement
from app.services.movement.form import FORM
from tests.reports.reading import read_lines, read_text
from tests.reports.samples import SCHOOLS, municipality_form, region_form, school_form

FONTS = {"PTSerif-Regular": REGULAR, "PTSerif-Bold": BOLD, "PTSerif-Italic": ITALIC}
# A rounding of positions written with few decimals.
HAIR = 0.1


def small_region():
    return region_form(schools=25, missing=30, late=30)


@pytest.mark.parametrize("sample", [school_form, municipality_form, small_region])
def test_the_same_data_gives_the_same_bytes(sample):
    assert print_movement(sample()) == print_movement(sample())


def test_forms_printed_at_once_do_not_disturb_each_other():
    samples = [school_form(), municipality_form()] * 4
    expected = [print_movement(sample) for sample in samples]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads change within ReportLab's reading of a font
    try:
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(print_movement, samples)) == expected
    finally:
        sys.setswitchinterval(usual)


def test_other_data_gives_other_bytes():
    assert print_movement(school_form()) != print_movement(school_form(printed_by="Иванов И. И."))


def test_the_file_says_what_it_is():
    reader = PdfReader(BytesIO(print_movement(school_form())))
    about = reader.metadata
    assert about.title.startswith("Мониторинг движения обучающихся. Муниципальное бюджетное")
    assert about.creator == "Регламент СГО"
    assert about.creation_date == school_form().printed_at
    assert reader.trailer["/Root"]["/Lang"] == "ru"


def test_fonts_are_embedded_as_subsets():
    fonts = {}
    for page in PdfReader(BytesIO(print_movement(school_form()))).pages:
        fonts |= {font.get_object()["/BaseFont"]: font.get_object() for font in page["/Resources"]["/Font"].values()}
    assert {name.partition("+")[2] for name in fonts} == set(FONTS)
    for name, font in fonts.items():
        assert name.startswith("/AAAAAA+")
        assert len(font["/FontDescriptor"]["/FontFile2"].get_data()) < 100_000
        assert "/ToUnicode" in font


@pytest.mark.parametrize("sample", [school_form, municipality_form, small_region])
def test_nothing_is_outside_of_the_margins(sample):
    pdf = print_movement(sample())
    width, height = map(float, PdfReader(BytesIO(pdf)).pages[0].mediabox[2:])
    assert width > height
    for line in (line for lines in read_lines(pdf) for line in lines):
        assert line.x >= LEFT - HAIR, line
        assert line.x + stringWidth(line.text, FONTS[line.font], line.size) <= width - RIGHT + HAIR, line
        assert line.y >= BOTTOM - HAIR, line
        assert line.y + line.size * 0.7 <= height - TOP + HAIR, line


def test_no_two_lines_are_printed_over_each_other():
    for lines in read_lines(print_movement(small_region())):
        for index, line in enumerate(lines):
            end = line.x + stringWidth(line.text, FONTS[line.font], line.size)
            over = [
                other.text
                for other in lines[index + 1 :]
                # The same origin is a run of the same line in another font.
                if (other.x, other.y) != (line.x, line.y)
                and abs(other.y - line.y) < line.size * 0.8
                and line.x - HAIR < other.x < end - HAIR
            ]
            assert not over, (line, over)


def test_long_names_wrap_between_words():
    name = SCHOOLS[5]
    lines = [line.text for line in read_lines(print_movement(municipality_form(annexes=())))[0]]
    parts = [line for line in lines if line in name]
    assert " ".join(parts).count("Муниципальное автономное общеобразовательное учреждение") == 1
    assert name in " ".join(lines)
    assert len([part for part in parts if len(part) > 20]) >= 3


def test_a_word_wider_than_its_column_is_broken_not_cut():
    word = "Ъ" * 120
    text = read_text(print_movement(municipality_form(missing=1, signatories=(Signatory(word),))))
    assert text.replace(" ", "").count("Ъ") == 120


def test_a_running_title_too_long_for_its_line_is_shortened():
    pages = read_lines(print_movement(municipality_form(organisation="Управление образования " * 12)))
    running = [line.text for line in pages[1] if line.text.startswith("Мониторинг движения обучающихся.")]
    assert len(running) == 1
    assert running[0].endswith("…")


def test_the_register_names_title_clause_and_printer():
    form = FORM
    assert (form.id, form.title, form.clause) == (
        "movement",
        "Мониторинг движения обучающихся",
        "3.3.3.2, 3.3.4.4, 4.1",
    )
    assert form.wide
    assert form.build(school_form()).startswith(b"%PDF-")
