"""«Перечень для школы»: what one school did not enter or entered late, sent to its director."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from reportlab.platypus import Flowable, Spacer

from app.reports.engine.blocks import NOTE, ORGANISATION, RIGHT, TITLE, paragraph, requisites, section
from app.reports.engine.fonts import register_fonts
from app.reports.engine.layout import Sheet, build_pdf
from app.reports.engine.outline import SECTION
from app.reports.movement.annexes import records, two_lists
from app.reports.movement.data import Annex
from app.russian import format_date

FORM_TITLE = "Перечень не внесённого и внесённого с опозданием"


@dataclass(frozen=True)
class SchoolListForm:
    """`authority` sends it, `director` with `phone` gets it."""

    authority: str
    school: str
    director: str
    phone: str
    responsible: str
    as_of: date
    since: date | None
    annex: Annex
    printed_at: datetime
    printed_by: str
    executor: str
    forecast: bool = False


def print_school_list(form: SchoolListForm) -> bytes:
    """The PDF; the same data gives the same bytes."""
    register_fonts()
    sheet = Sheet(
        title=FORM_TITLE,
        organisation=form.school,
        scope=f"{'прогноз ' if form.forecast else ''}на {format_date(form.as_of)}",
        printed_at=form.printed_at,
        printed_by=form.printed_by,
        wide=True,
    )
    return build_pdf(sheet, [*_head(form, sheet.width), *_lists(form, sheet.width)])


def _head(form: SchoolListForm, width: float) -> Iterator[Flowable]:
    yield paragraph(form.authority, ORGANISATION)
    yield Spacer(0, 6)
    for line in (f"Директору: {form.director}" if form.director else "Директору", form.school, form.phone):
        if line:
            yield paragraph(line, RIGHT)
    yield paragraph(FORM_TITLE.upper(), TITLE)
    yield Spacer(0, 6)
    since = f"с {format_date(form.since)}" if form.since else "с начала ведения"
    day = "Прогноз на" if form.forecast else "По состоянию на"
    yield requisites([("Период", since), (day, format_date(form.as_of))], width)
    yield paragraph(form.responsible)


def _lists(form: SchoolListForm, width: float) -> Iterator[Flowable]:
    lists = two_lists(form.annex, form.as_of)
    for title, schools in lists:
        yield from section(title, records(schools, width, SECTION + 1, named=False))
    if not lists:
        yield paragraph("Не внесённых и внесённых с опозданием записей нет.")
    yield Spacer(0, 8)
    yield paragraph(f"Исполнитель: {form.executor}", NOTE)
