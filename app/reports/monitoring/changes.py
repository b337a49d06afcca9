"""«Что изменилось»: two days side by side, what fell behind in between, what was made up for and set right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from app.reports.engine.blocks import CENTERED, NOTE, ORGANISATION, TITLE, paragraph, requisites, section
from app.reports.engine.cells import FINE_SIZE, Column, Row, make_rows
from app.reports.engine.fonts import register_fonts
from app.reports.engine.grid import Grid
from app.reports.engine.layout import Sheet, build_pdf, format_moment
from app.russian import format_date, format_number, format_percent

FORM_TITLE = "Что изменилось в соблюдении сроков"
NOTHING = "–"
AS_KNOWN = (
    "Каждый из двух дней показан так, как было известно в тот день: внесённое и исправленное позже в нём не учтено. "
    "Доля внесённых в срок – от суммы внесённых в срок, с опозданием и просроченных."
)


@dataclass(frozen=True)
class ChangeRow:
    """Of a school, a municipality, a rule or all: what was, what is, and what happened in between."""

    title: str
    overdue: tuple[int, int]
    late: tuple[int, int]
    new_overdue: int
    new_late: int
    entered: int
    lifted: int
    confirmed: int
    waiting: tuple[int, int]
    share: tuple[float | None, float | None]


@dataclass(frozen=True)
class ChangedItem:
    """A duty that fails otherwise than before."""

    organisation: str
    subject: str
    rule_title: str
    due: date | None
    entered: date | None
    days: int
    responsible: str


@dataclass(frozen=True)
class CorrectedItem:
    """A correction confirmed in between; `effect` tells how the school's numbers changed."""

    organisation: str
    decided_on: date
    kind: str
    about: str
    reason: str
    decided_by: str
    effect: str


@dataclass(frozen=True)
class ChangesForm:
    organisation: str
    since: date
    on: date
    forecast: bool
    printed_at: datetime
    printed_by: str
    clause: str
    basis: str
    total: ChangeRow
    told: tuple[str, ...]
    """What happened in between, a line each."""
    org_title: str
    """What the rows of organisations are called; empty for a school, which has none."""
    org_rows: tuple[ChangeRow, ...]
    rule_rows: tuple[ChangeRow, ...]
    lists: tuple[tuple[str, int, tuple[ChangedItem, ...]], ...]
    """What is listed, how many there are, and the first of them."""
    corrections: tuple[CorrectedItem, ...]


def print_changes(form: ChangesForm) -> bytes:
    """The PDF; the same data gives the same bytes."""
    register_fonts()
    days = f"{format_date(form.since)} – {format_date(form.on)}"
    sheet = Sheet(
        title=FORM_TITLE,
        organisation=form.organisation,
        scope=f"{'прогноз, ' if form.forecast else ''}{days}",
        printed_at=form.printed_at,
        printed_by=form.printed_by,
        wide=True,
    )
    width = sheet.width
    tables = [*_numbers(form, width), *_lists(form, width), *_corrections(form, width)]
    return build_pdf(sheet, [*_title(form, width), *tables, Spacer(0, 8), paragraph(AS_KNOWN, NOTE)])


def _title(form: ChangesForm, width: float) -> Iterator[Flowable]:
    yield paragraph(form.basis, CENTERED)
    yield paragraph(form.organisation, ORGANISATION)
    yield paragraph(FORM_TITLE.upper(), TITLE)
    yield paragraph(f"мониторинг соблюдения сроков ({form.clause})", CENTERED)
    if form.forecast:
        yield paragraph(f"ПРОГНОЗ: {format_date(form.on)} ещё не наступило", CENTERED)
    yield Spacer(0, 8)
    yield requisites(
        [
            ("Сравнивается с", format_date(form.since)),
            ("Сформировано", format_moment(form.printed_at)),
            ("По состоянию на", format_date(form.on)),
            ("Составил", form.printed_by),
        ],
        width,
    )
    yield Spacer(0, 3)
    yield paragraph(_summary(form.total))
    yield from (paragraph(f"• {line}") for line in form.told or ("ничего не изменилось",))


def _summary(total: ChangeRow) -> str:
    return (
        f"Просрочено: было {format_number(total.overdue[0])}, стало {format_number(total.overdue[1])}. "
        f"С опозданием: было {format_number(total.late[0])}, стало {format_number(total.late[1])}. "
        f"В срок: было {format_percent(total.share[0])}, стало {format_percent(total.share[1])}."
    )


def _numbers(form: ChangesForm, width: float) -> Iterator[Flowable]:
    if form.org_title:
        yield from section("По организациям", _table(form.org_title, form.org_rows, form.total, width))
    yield from section("По обязанностям", _table("Обязанность", form.rule_rows, form.total, width))


def _table(title: str, rows: Sequence[ChangeRow], total: ChangeRow, width: float) -> Grid:
    columns = _columns(title, width)
    made = [row for each in rows for row in make_rows(columns, _texts(each))]
    return Grid(columns, [*made, *make_rows(columns, _texts(total), "total")])


def _columns(title: str, width: float) -> list[Column]:
    count, share = 18.5 * mm, 17 * mm
    return [
        Column(title, width - 10 * count - 2 * share),
        Column("было", count, "right", "Просрочено"),
        Column("стало", count, "right", "Просрочено", strong=True),
        Column("было", count, "right", "С опозданием"),
        Column("стало", count, "right", "С опозданием", strong=True),
        Column("новые просрочки", count, "right", "За период"),
        Column("новые опоздания", count, "right", "За период"),
        Column("закрыто просрочек", count, "right", "За период"),
        Column("снято", count, "right", "За период"),
        Column("исправлено", count, "right", "За период"),
        Column("Ждут решения", count, "right"),
        Column("было", share, "right", "В срок"),
        Column("стало", share, "right", "В срок"),
    ]


def _texts(row: ChangeRow) -> list[str]:
    numbers = (*row.overdue, *row.late, row.new_overdue, row.new_late, row.entered, row.lifted, row.confirmed)
    counts = [format_number(each) if each else NOTHING for each in (*numbers, row.waiting[1])]
    return [row.title, *counts, *map(format_percent, row.share)]


def _lists(form: ChangesForm, width: float) -> Iterator[Flowable]:
    organisation = [Column("Организация", 52 * mm)] if form.org_title else []
    fixed = [
        Column("Обязанность", 56 * mm),
        Column("Срок", 17 * mm, "center"),
        Column("Внесено", 19 * mm, "center"),
        Column("Дней", 13 * mm, "right", strong=True),
        Column("Ответственный", 50 * mm),
    ]
    taken = sum(column.width for column in (*organisation, *fixed))
    columns = [*organisation, Column("О ком", width - taken), *fixed]
    for title, number, items in form.lists:
        if items:
            rows = [row for item in items for row in make_rows(columns, _item(form, item), size=FINE_SIZE)]
            yield from section(_counted(title, number, len(items)), Grid(columns, rows))


def _counted(title: str, number: int, shown: int) -> str:
    told = f"{title[0].upper()}{title[1:]}: {format_number(number)}"
    return told if shown == number else f"{told}, показаны первые {format_number(shown)}"


def _item(form: ChangesForm, item: ChangedItem) -> list[str]:
    return [
        *([item.organisation] if form.org_title else []),
        item.subject,
        item.rule_title,
        format_date(item.due) if item.due else NOTHING,
        format_date(item.entered) if item.entered else "не внесено",
        format_number(item.days),
        item.responsible or NOTHING,
    ]


def _corrections(form: ChangesForm, width: float) -> Iterator[Flowable]:
    if not form.corrections:
        return
    organisation = [Column("Организация", 45 * mm)] if form.org_title else []
    fixed = [
        Column("Решено", 17 * mm, "center"),
        Column("Что случилось", 32 * mm),
        Column("Причина", 50 * mm),
        Column("Кто решил", 34 * mm),
        Column("Как изменились числа", 40 * mm),
    ]
    taken = sum(column.width for column in (*organisation, *fixed))
    columns = [*organisation, *fixed[:2], Column("О чём", width - taken), *fixed[2:]]
    rows: list[Row] = []
    for item in form.corrections:
        own = [item.organisation] if form.org_title else []
        texts = [*own, format_date(item.decided_on), item.kind, item.about, item.reason, item.decided_by, item.effect]
        rows += make_rows(columns, texts, size=FINE_SIZE)
    title = _counted("подтверждённые исправления", form.total.confirmed, len(form.corrections))
    yield from section(title, Grid(columns, rows))
