"""Slips of accounts: two or four a sheet of A4, with lines to cut along and a tear-off for the signature (3.3.2.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from app.reports.engine.fonts import BOLD, REGULAR, register_fonts
from app.reports.engine.grid import INK, RULE, THIN
from app.reports.engine.text import fit_lines, shorten
from app.russian import format_date

FORM_TITLE = "Талоны учётных записей"
A_PAGE = (4, 2)
"""How many slips a sheet may have, the usual first."""
WIDTH, HEIGHT = A4
EDGE, UPPER = 12 * mm, 6 * mm
TEAR = 142 * mm
"""To the right of it is what stays with the school."""
GAP = 5 * mm
CODE = 27 * mm
TYPED = "Слова вводятся через пробел; заглавные буквы, раскладка и «ё» не важны."
THEN = "При первом входе панель попросит придумать свой пароль. После этого слова не понадобятся: уничтожьте талон."
KNOWN = "У вас уже есть учётная запись: входите прежним логином и паролем. Ещё один логин не нужен."


@dataclass(frozen=True)
class Slip:
    """Without `secret` the person has an account already."""

    school: str
    """Or the authority of an official."""
    name: str
    about: str
    login: str
    secret: str
    valid_until: date


class _Pen:
    """Writes lines of a slip downwards from its upper edge."""

    def __init__(self, canvas: Canvas, left: float, top: float, width: float, scale: float) -> None:
        self.canvas, self.left, self.y, self.width, self.scale = canvas, left, top, width, scale

    def write(self, text: str, size: float, font: str = REGULAR, *, most: int = 1, width: float = 0.0) -> None:
        """At most so many lines; what does not fit is cut off with an ellipsis."""
        size, width = size * self.scale, width or self.width
        lines = fit_lines(text, font, size, width)
        if len(lines) > most:
            lines = [*lines[: most - 1], shorten(" ".join(lines[most - 1 :]), font, size, width)]
        self.canvas.setFont(font, size)
        for line in lines:
            self.y -= size * 1.18
            self.canvas.drawString(self.left, self.y, line)

    def skip(self, points: float) -> None:
        self.y -= points * self.scale

    def blank(self, label: str) -> None:
        """A line to write on, with what is written there."""
        self.skip(17)
        self.canvas.line(self.left, self.y, self.left + self.width, self.y)
        self.write(label, 7)


def print_slips(slips: Iterable[Slip], address: str, a_page: int = A_PAGE[0]) -> bytes:
    """The PDF; the same data gives the same bytes."""
    register_fonts()
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1, lang="ru", initialFontName=REGULAR)
    canvas.setTitle(FORM_TITLE)
    canvas.setCreator("Регламент СГО")
    _keep_code(canvas, address)
    for number, slip in enumerate(slips):
        place = number % a_page
        if number and not place:
            canvas.showPage()
        _draw(canvas, slip, address, HEIGHT - place * HEIGHT / a_page, HEIGHT / a_page)
    canvas.save()
    return buffer.getvalue()


def _keep_code(canvas: Canvas, address: str) -> None:
    """The address is the same on every slip: its QR code is drawn once."""
    widget = QrCodeWidget(address, barLevel="M", barBorder=0)
    left, bottom, right, top = widget.getBounds()
    drawing = Drawing(CODE, CODE, transform=[CODE / (right - left), 0, 0, CODE / (top - bottom), 0, 0])
    drawing.add(widget)
    canvas.beginForm("code")
    renderPDF.draw(drawing, canvas, 0, 0)
    canvas.endForm()


def _draw(canvas: Canvas, slip: Slip, address: str, top: float, height: float) -> None:
    scale = 1.0 if height < HEIGHT / 3 else 1.3
    canvas.setFillColor(INK)
    _cut(canvas, top, height)
    body = _Pen(canvas, EDGE, top - UPPER, TEAR - GAP - EDGE, scale)
    _draw_body(body, slip, address)
    stub = _Pen(canvas, TEAR + GAP, top - UPPER, WIDTH - TEAR - GAP - EDGE, 1.0)
    _draw_stub(stub, slip)


def _cut(canvas: Canvas, top: float, height: float) -> None:
    canvas.setLineWidth(THIN)
    canvas.setStrokeColor(RULE)
    canvas.setDash(4, 3)
    bottom = top - height
    if bottom > 1:
        canvas.line(0, bottom, WIDTH, bottom)
    canvas.line(TEAR, bottom + 3 * mm, TEAR, top - 3 * mm)
    canvas.setDash()


def _draw_body(pen: _Pen, slip: Slip, address: str) -> None:
    beside = pen.width - CODE - GAP
    pen.canvas.saveState()
    pen.canvas.translate(pen.left + pen.width - CODE, pen.y - CODE)
    pen.canvas.doForm("code")
    pen.canvas.restoreState()
    pen.write(slip.school, 8, most=2, width=beside)
    pen.skip(2)
    pen.write(slip.name, 13, BOLD, most=2, width=beside)
    pen.write(slip.about, 9, width=beside)
    pen.skip(2)
    pen.write(address, 9, width=beside)
    pen.skip(2)
    pen.write("Логин", 8, width=beside)
    pen.write(slip.login, 14, BOLD)
    pen.skip(2)
    if not slip.secret:
        pen.write(KNOWN, 10, most=3)
        return
    words = slip.secret.split()
    pen.write(f"Одноразовый пароль, действует по {format_date(slip.valid_until)}", 8)
    for part in (words[: len(words) // 2], words[len(words) // 2 :]):
        pen.write(" ".join(part), 15, BOLD)
    pen.skip(2)
    pen.write(f"{TYPED} {THEN}", 7, most=3)


def _draw_stub(pen: _Pen, slip: Slip) -> None:
    pen.canvas.setStrokeColor(INK)
    pen.write("Остаётся у выдавшего", 7)
    pen.skip(3)
    pen.write(slip.name, 9.5, BOLD, most=3)
    pen.write(slip.about, 8, most=3)
    pen.write(f"Логин: {slip.login}", 8, most=2)
    pen.skip(4)
    pen.write("Логин и одноразовый пароль получил(а):" if slip.secret else "О доступе узнал(а):", 8, most=2)
    for label in ("дата", "подпись", "фамилия, если получил не владелец"):
        pen.blank(label)
