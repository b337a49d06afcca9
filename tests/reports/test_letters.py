"""Every letter of the names in use is printed: PT Serif lacks some."""

import io
from typing import Any

import pytest
from pypdf import PdfReader
from reportlab.pdfbase.pdfmetrics import getFont
from reportlab.pdfgen.canvas import Canvas

from app.demo.engine import names
from app.models.names import normalise_name
from app.reports.engine.fonts import BOLD, ITALIC, REGULAR, register_fonts

OTHERS = (
    "Əliyev Vəli Şükür oğlu",
    "Гасан оғлы Әсел Нұрланқызы Өмірбек Үсен Һәдия Іңкәр",
    "Ҷамшед Ғафур Қодир Ҳасан Ӣсо Ӯрун",
    "Ўткир Ғайрат Ҳамид",
    "Їжак Єва Ґалаґан Іван",
    "Ӑҫтахар Ӗлӗм Ӳркен Җәмилә Ң",
    "Müller Öztürk Çelik Žižka Škoda Łukasz Ńemec",
)
"""Of the peoples who live here and of the countries that their documents come from."""


def letters(found: Any) -> set[str]:
    """All letters of whatever holds texts."""
    if isinstance(found, str):
        return set(found)
    if isinstance(found, dict):
        return letters([*found, *found.values()])
    return set().union(*map(letters, found)) if isinstance(found, (list, tuple, set, frozenset)) else set()


@pytest.mark.parametrize("font", [REGULAR, BOLD, ITALIC])
def test_every_letter_of_the_names_in_use_has_a_shape(font: str) -> None:
    register_fonts()
    made_up = letters([value for name, value in vars(names).items() if name.isupper()])
    assert len(made_up) > 40
    used = {each for each in made_up | letters(list(OTHERS)) if each.isalpha()}
    known = getFont(font).face.charToGlyph
    assert sorted(each for each in used if ord(each) not in known) == []


def test_a_printed_name_is_read_back_as_it_is() -> None:
    register_fonts()
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.setFont(REGULAR, 12)
    name = normalise_name("Əliyeva-Vəli")
    canvas.drawString(50, 700, name)
    canvas.save()
    assert name in PdfReader(page).pages[0].extract_text()
