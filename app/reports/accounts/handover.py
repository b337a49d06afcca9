"""«Ведомость выдачи учётных записей»: who gets a login, and signs for it (3.3.2.4, 3.3.5.2). No secret stands in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from app.reports.engine.blocks import ORGANISATION, TITLE, Signatures, paragraph
from app.reports.engine.cells import Column, Row, make_band, make_rows
from app.reports.engine.fonts import register_fonts
from app.reports.engine.grid import Grid
from app.reports.engine.layout import Sheet, build_pdf
from app.reports.engine.outline import SECTION
from app.russian import format_date

FORM_TITLE = "Ведомость выдачи учётных записей"


@dataclass(frozen=True)
class HandoverLine:
    name: str
    about: str
    login: str
    handed_over_on: date | None


@dataclass(frozen=True)
class HandoverSheet:
    """`groups`: heading (a class, «Родители» …) → its people."""

    school: str
    groups: Sequence[tuple[str, Sequence[HandoverLine]]]
    printed_at: datetime
    printed_by: str


def print_handover(form: HandoverSheet) -> bytes:
    """The PDF; the same data gives the same bytes."""
    register_fonts()
    sheet = Sheet(
        title=FORM_TITLE,
        organisation=form.school,
        scope=f"на {format_date(form.printed_at)}",
        printed_at=form.printed_at,
        printed_by=form.printed_by,
        wide=False,
    )
    return build_pdf(sheet, list(_story(form, sheet.width)))


def _story(form: HandoverSheet, width: float) -> Iterator[Flowable]:
    yield paragraph(form.school, ORGANISATION)
    yield paragraph(FORM_TITLE.upper(), TITLE)
    yield Spacer(0, 8)
    signed = Signatures([("Выдал(а)", "")], width)
    columns = _columns(width)
    yield Grid(columns, list(_rows(columns, form)), below=signed.height)
    yield signed


def _columns(width: float) -> list[Column]:
    fixed = [
        Column("№", 9 * mm, "right"),
        Column("Фамилия, имя, отчество", 50 * mm),
        Column("Логин", 36 * mm),
        Column("Дата выдачи", 19 * mm, "center"),
        Column("Подпись", 24 * mm),
    ]
    return [*fixed[:2], Column("Кто это", width - sum(column.width for column in fixed)), *fixed[2:]]


def _rows(columns: Sequence[Column], form: HandoverSheet) -> Iterator[Row]:
    for heading, lines in form.groups:
        yield make_band(columns, f"{heading}: {len(lines)}", "", SECTION)
        for number, line in enumerate(lines, 1):
            on = format_date(line.handed_over_on) if line.handed_over_on else ""
            yield from make_rows(columns, [str(number), line.name, line.about, line.login, on, ""])
