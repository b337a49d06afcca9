"""The page of an official form: margins, running title, footer with page numbers, the properties of the file."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from threading import Lock
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from app.reports.engine.fonts import REGULAR
from app.reports.engine.grid import RULE, THIN
from app.reports.engine.outline import Mark
from app.reports.engine.text import shorten
from app.russian import format_date

# The left margin is the file's: sheets are punched there.
LEFT, RIGHT, TOP, BOTTOM = 20 * mm, 12 * mm, 15 * mm, 14 * mm
RUNNING_SIZE = 8.0
RUNNING_GAP = 3 * mm
ABOVE_MARK = 12.0
"""A reader who goes to an entry sees this much above it."""
NO_PADDING = (0, 0, 0, 0)
_fonts_read = Lock()
"""Saving reads the glyphs from the one open font of the process: ReportLab keeps its reading position there."""


@dataclass(frozen=True)
class Sheet:
    """What a form says on every page."""

    title: str
    organisation: str
    scope: str
    """Period and as-of date, in words."""
    printed_at: datetime
    printed_by: str
    wide: bool

    @property
    def printed(self) -> str:
        return f"Сформировано {format_moment(self.printed_at)}, {self.printed_by}"

    @property
    def size(self) -> tuple[float, float]:
        return landscape(A4) if self.wide else A4

    @property
    def width(self) -> float:
        return self.size[0] - LEFT - RIGHT


class _NumberedCanvas(Canvas):
    """Holds the pages back until their number is known: each says «Страница N из M»."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sheet = sheet
        self._held: list[dict[str, Any]] = []
        self._outlined: dict[int, list[Mark]] = defaultdict(list)
        created = _pdf_date(sheet.printed_at)
        self.setDateFormatter(lambda *_: created)

    def note(self, mark: Mark) -> None:
        """An entry of the outline on the page being drawn."""
        self._outlined[len(self._held)].append(mark)

    def showPage(self) -> None:  # noqa: N802 - ReportLab's own name
        self._held.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._held, 1):
            self.__dict__.update(page)
            self._draw_page_number(number, len(self._held))
            self._write_outline(number - 1)
            super().showPage()
        self._code.clear()
        with _fonts_read:
            super().save()

    def _write_outline(self, page: int) -> None:
        """Of a file of several pages: on a single one there is nowhere to go."""
        for place, mark in enumerate(self._outlined[page] if len(self._held) > 1 else ()):
            key = f"{page}-{place}"
            self.bookmarkPage(key, fit="XYZ", top=min(mark.top + ABOVE_MARK, self._sheet.size[1]))
            self.addOutlineEntry(mark.title, key, mark.level, closed=True)

    def _draw_page_number(self, number: int, total: int) -> None:
        self.setFont(REGULAR, RUNNING_SIZE)
        self.drawRightString(self._sheet.size[0] - RIGHT, BOTTOM, f"Страница {number} из {total}")


def _pdf_date(moment: datetime) -> str:
    zone = moment.strftime("%z")
    return f"D:{moment:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'"


def format_moment(moment: datetime) -> str:
    """23.11.2026 14:30 (UTC+11): a form is read in other time zones too."""
    zone = moment.strftime("%z")
    hours = f"{int(zone[:3]):+d}".replace("-", "−")
    minutes = "" if zone[3:5] == "00" else f":{zone[3:5]}"
    return f"{format_date(moment)} {moment:%H:%M} (UTC{hours}{minutes})"


def build_pdf(sheet: Sheet, story: list[Flowable]) -> bytes:
    """The bytes of the form: the same for the same sheet and story."""
    buffer = BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=sheet.size,
        invariant=1,
        pageCompression=1,
        lang="ru",
        initialFontName=REGULAR,
        title=f"{sheet.title}. {sheet.organisation}",
        author=sheet.organisation,
        subject=sheet.scope,
        creator="Регламент СГО",
    )
    document.addPageTemplates([_template("first", sheet, 0, _draw_footer), _template("later", sheet, 1, _draw_running)])
    document.build(story, canvasmaker=partial(_NumberedCanvas, sheet=sheet))
    return buffer.getvalue()


def _template(name: str, sheet: Sheet, running_lines: int, draw: Callable[[Canvas, Sheet], None]) -> PageTemplate:
    line = RUNNING_SIZE + RUNNING_GAP
    bottom = BOTTOM + line
    top = sheet.size[1] - TOP - line * running_lines
    frame = Frame(LEFT, bottom, sheet.width, top - bottom, *NO_PADDING)
    return PageTemplate(name, [frame], onPage=lambda canvas, _: draw(canvas, sheet), autoNextPageTemplate="later")


def _draw_footer(canvas: Canvas, sheet: Sheet) -> None:
    canvas.setFont(REGULAR, RUNNING_SIZE)
    canvas.drawString(LEFT, BOTTOM, shorten(sheet.printed, REGULAR, RUNNING_SIZE, sheet.width - 40 * mm))
    _rule(canvas, sheet, BOTTOM + RUNNING_SIZE + 2)


def _draw_running(canvas: Canvas, sheet: Sheet) -> None:
    _draw_footer(canvas, sheet)
    baseline = sheet.size[1] - TOP - RUNNING_SIZE * 0.8
    canvas.setFont(REGULAR, RUNNING_SIZE)
    canvas.drawRightString(sheet.size[0] - RIGHT, baseline, sheet.scope)
    room = sheet.width - canvas.stringWidth(sheet.scope, REGULAR, RUNNING_SIZE) - 6 * mm
    canvas.drawString(LEFT, baseline, shorten(f"{sheet.title}. {sheet.organisation}", REGULAR, RUNNING_SIZE, room))
    _rule(canvas, sheet, baseline - 3)


def _rule(canvas: Canvas, sheet: Sheet, y: float) -> None:
    canvas.setLineWidth(THIN)
    canvas.setStrokeColor(RULE)
    canvas.line(LEFT, y, LEFT + sheet.width, y)
