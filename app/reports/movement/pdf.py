"""«Мониторинг движения обучающихся»: orders entered in time, late and not at all, and why each overdue one is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer

from app.reports.engine.blocks import (
    CENTERED,
    NOTE,
    ORGANISATION,
    TITLE,
    Signatures,
    paragraph,
    requisites,
    section,
)
from app.reports.engine.cells import Column, Row, make_rows
from app.reports.engine.fonts import register_fonts
from app.reports.engine.grid import Grid
from app.reports.engine.layout import Sheet, build_pdf, format_moment
from app.reports.movement.annexes import NOTHING, annexes, contents
from app.reports.movement.data import FormRow, Level, MovementForm
from app.russian import format_date, format_number, format_percent

WIDE = True
TOTAL = "Итого"
REGISTERED = "«____» ______________ 20____ г.   № ______________"
"""The place for the date and the number under which the sheet is registered."""
FORECAST = "ПРОГНОЗ: {} ещё не наступило; числа верны, если больше ничего не внести"
SHARE_NOTE = (
    "Доля внесённых в срок – отношение внесённых в срок к сумме внесённых в срок, с опозданием и просроченных. "
    "Записи, срок которых не наступил или внесение которых не требуется, в ней не участвуют."
)


@dataclass(frozen=True)
class LevelText:
    """The form of monitoring by clause 4.1 and what its rows are called."""

    monitoring: str
    organisations: str
    organisation: str


LEVELS: dict[Level, LevelText] = {
    "school": LevelText("самообследование (внутренний мониторинг образовательной организации)", "", ""),
    "municipality": LevelText(
        "муниципальный мониторинг", "По образовательным организациям", "Образовательная организация"
    ),
    "region": LevelText("региональный мониторинг", "По муниципальным образованиям", "Муниципальное образование"),
}
SCHOOLS_OF_REGION = LevelText(
    "региональный мониторинг",
    "По муниципальным образованиям и образовательным организациям",
    "Муниципальное образование, образовательная организация",
)


def print_movement(form: MovementForm) -> bytes:
    """The PDF; the same data gives the same bytes."""
    register_fonts()
    sheet = Sheet(
        title=form.title,
        organisation=form.organisation,
        scope=f"{_period(form)}, {'прогноз ' if form.forecast else ''}на {format_date(form.as_of)}",
        printed_at=form.printed_at,
        printed_by=_printed_by(form),
        wide=WIDE,
    )
    width = sheet.width
    main = [*_title(form, width), *_organisations(form, width), *_signed(form, width)]
    return build_pdf(sheet, [*main, *annexes(form.annexes, form.as_of, width, named=form.level != "school")])


def _period(form: MovementForm) -> str:
    return f"{format_date(form.period_from)} – {format_date(form.period_to)}"


def _printed_by(form: MovementForm) -> str:
    return ", ".join(part for part in (form.printed_by, form.printed_by_role) if part)


def _texts(form: MovementForm) -> LevelText:
    if form.level == "region" and any(row.subtotal for row in form.org_rows):
        return SCHOOLS_OF_REGION
    return LEVELS[form.level]


def _title(form: MovementForm, width: float) -> Iterator[Flowable]:
    if form.basis:
        yield paragraph(form.basis, CENTERED)
        yield Spacer(0, 4)
    yield paragraph(form.authority, ORGANISATION)
    yield Spacer(0, 6)
    yield paragraph(REGISTERED)
    yield paragraph(form.title.upper(), TITLE)
    if form.organisation != form.authority:
        yield paragraph(form.organisation, ORGANISATION)
    yield paragraph(_texts(form).monitoring, CENTERED)
    if form.forecast:
        yield paragraph(FORECAST.format(format_date(form.as_of)), CENTERED)
    yield paragraph(f"{form.subject} ({form.clause})", CENTERED)
    yield Spacer(0, 8)
    yield requisites(
        [
            ("Период", f"с {format_date(form.period_from)} по {format_date(form.period_to)}"),
            ("Сформировано", format_moment(form.printed_at)),
            ("Прогноз на" if form.forecast else "По состоянию на", format_date(form.as_of)),
            *([("Ведение в панели", form.start)] if form.start else []),
            ("Составил", _printed_by(form)),
        ],
        width,
    )
    yield Spacer(0, 3)
    yield paragraph(_summary(form.totals))
    if form.responsible:
        yield paragraph(f"Ответственные: {form.responsible}")


def _summary(totals: FormRow) -> str:
    if totals.share is None:
        return "Итог: записей, срок которых наступил, нет."
    return (
        f"Итог: в срок внесено {format_percent(totals.share)}; "
        f"с опозданием – {format_number(totals.late)}, просрочено – {format_number(totals.overdue)} "
        f"из {format_number(totals.total)} подлежащих внесению."
    )


def _count_columns(width: float, title: str) -> list[Column]:
    count = 21 * mm
    return [
        Column("№", 11 * mm, "right"),
        Column(title, width - 11 * mm - 7 * count),
        Column("Подлежит внесению", count, "right"),
        Column("в срок", count, "right", "Внесено"),
        Column("с опозданием", count, "right", "Внесено"),
        Column("ожидается", count, "right", "Не внесено"),
        Column("просрочено", count, "right", "Не внесено", strong=True),
        Column("Внесение не требуется", count, "right"),
        Column("Доля внесённых в срок", count, "right"),
    ]


def _count(number: int) -> str:
    return format_number(number) if number else NOTHING


def _count_texts(number: str, row: FormRow, title: str) -> list[str]:
    counts = (row.total, row.on_time, row.late, row.pending, row.overdue, row.not_applicable)
    return [number, f"{title}\n{row.note}" if row.note else title, *map(_count, counts), format_percent(row.share)]


def _count_table(width: float, title: str, rows: Sequence[FormRow], totals: FormRow, below: float = 0) -> Grid:
    columns = _count_columns(width, title)
    return Grid(columns, list(_count_rows(columns, rows, totals)), below=below)


def _count_rows(columns: Sequence[Column], rows: Sequence[FormRow], totals: FormRow) -> Iterator[Row]:
    number = 0
    for row in rows:
        number += not row.subtotal
        texts = _count_texts("" if row.subtotal else str(number), row, row.title)
        yield from make_rows(columns, texts, "subtotal" if row.subtotal else "body")
    yield from make_rows(columns, _count_texts("", totals, totals.title or TOTAL), "total")


def _organisations(form: MovementForm, width: float) -> list[Flowable]:
    if form.level == "school":
        return []
    texts = _texts(form)
    return section(texts.organisations, _count_table(width, texts.organisation, form.org_rows, form.totals))


def _signed(form: MovementForm, width: float) -> list[Flowable]:
    """The last table of the sheet with what is said of it and who signs: signatures never stand on a page alone."""
    ending = [Spacer(0, 8), *_ending(form, width)]
    below = sum(part.wrap(width, A4[1])[1] for part in ending)
    table = _count_table(width, form.row_head, form.rule_rows, replace(form.totals, title=TOTAL), below)
    return [*section(form.rows_title, table), KeepTogether(ending)]


def _ending(form: MovementForm, width: float) -> list[Flowable]:
    notes = [paragraph(note, NOTE) for note in (SHARE_NOTE, *form.notes)]
    ending = [paragraph(form.corrections)] if form.corrections else []
    signatures = [Signatures([(each.post, each.name) for each in form.signatories], width)] if form.signatories else []
    executor = [paragraph(f"Исполнитель: {form.executor}", NOTE)] if form.executor else []
    said = [*ending, paragraph(contents(form.annexes, form.as_of)), *notes]
    return [*said, *signatures, *executor]
