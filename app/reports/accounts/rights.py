"""«Матрица прав доступа»: who may do what in a school, what deviates from the regulation and who holds which role."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer

from app.reports.engine.blocks import (
    CENTERED,
    NOTE,
    ORGANISATION,
    RIGHT,
    TITLE,
    Signatures,
    paragraph,
    requisites,
    section,
)
from app.reports.engine.cells import FINE_SIZE, Column, Row, make_band, make_rows
from app.reports.engine.fonts import register_fonts
from app.reports.engine.grid import Grid
from app.reports.engine.layout import Sheet, build_pdf
from app.reports.engine.outline import SECTION
from app.russian import format_date

FORM_TITLE = "Матрица прав доступа"
ANNEX = "Приложение к приказу от «____» ______________ 20____ г. № ______________"
NOTHING = "–"


@dataclass(frozen=True)
class Part:
    """Roles that stand side by side, and for each kind of records what each of them may do."""

    title: str
    roles: tuple[str, ...]
    groups: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
    """(heading, rows): a row is the kind of records, then a text for each role."""


@dataclass(frozen=True)
class Deviation:
    role: str
    resource: str
    action: str
    kind: str
    basis: str
    by: str
    on: date


@dataclass(frozen=True)
class Holder:
    """Who holds a role; `note` marks who appointed himself."""

    role: str
    name: str
    order: str
    term: str
    note: str


@dataclass(frozen=True)
class RightsForm:
    school: str
    as_of: date
    printed_at: datetime
    printed_by: str
    clause: str
    letters: str
    parts: tuple[Part, ...]
    deviations: tuple[Deviation, ...]
    holders: tuple[Holder, ...]
    director: str

    def __post_init__(self) -> None:
        if self.printed_at.tzinfo is None:
            raise ValueError("printed_at needs a time zone: a form says when it was printed where.")


def print_rights(form: RightsForm) -> bytes:
    """The PDF; the same data gives the same bytes."""
    register_fonts()
    sheet = Sheet(
        title=FORM_TITLE,
        organisation=form.school,
        scope=f"на {format_date(form.as_of)}",
        printed_at=form.printed_at,
        printed_by=form.printed_by,
        wide=True,
    )
    width = sheet.width
    matrices = [flowable for part in form.parts for flowable in _matrix(part, width)]
    return build_pdf(sheet, [*_head(form, width), *matrices, *_deviations(form, width), *_holders(form, width)])


def _head(form: RightsForm, width: float) -> Iterator[Flowable]:
    yield paragraph(ANNEX, RIGHT)
    yield Spacer(0, 6)
    yield paragraph(form.school, ORGANISATION)
    yield paragraph(FORM_TITLE.upper(), TITLE)
    yield paragraph(f"права ролей на сведения (пункт {form.clause} Регламента)", CENTERED)
    yield Spacer(0, 6)
    yield requisites(
        [("По состоянию на", format_date(form.as_of)), ("Отступлений от Регламента", str(len(form.deviations)))], width
    )
    yield Spacer(0, 3)
    yield paragraph(form.letters, NOTE)


def _matrix(part: Part, width: float) -> list[Flowable]:
    first = 58 * mm if len(part.roles) > 5 else 110 * mm
    each = (width - first) / len(part.roles)
    columns = [Column("Сведения", first), *(Column(role.replace("/", "/ "), each) for role in part.roles)]
    return section(part.title, Grid(columns, list(_matrix_rows(columns, part))))


def _matrix_rows(columns: Sequence[Column], part: Part) -> Iterator[Row]:
    for heading, rows in part.groups:
        yield make_band(columns, heading, "", SECTION + 1, FINE_SIZE)
        for texts in rows:
            yield from make_rows(columns, [text or NOTHING for text in texts], size=FINE_SIZE)


def _deviations(form: RightsForm, width: float) -> list[Flowable]:
    title = "Отступления от Регламента"
    if not form.deviations:
        return section(title, paragraph("Отступлений нет: права точно по Регламенту."))
    sizes = (38, 66, 36, 0, 36, 34, 22)
    rest = width - sum(sizes) * mm
    titles = ("Роль", "Сведения", "Действие", "Отступление от Регламента", "Основание", "Кто изменил", "Дата")
    columns = [Column(name, size * mm or rest) for name, size in zip(titles, sizes, strict=True)]
    rows = [
        row
        for each in form.deviations
        for row in make_rows(
            columns,
            [each.role, each.resource, each.action, each.kind, each.basis or NOTHING, each.by, format_date(each.on)],
            size=FINE_SIZE,
        )
    ]
    return section(title, Grid(columns, rows))


def _holders(form: RightsForm, width: float) -> list[Flowable]:
    """Who signs stands on the page of the last rows."""
    titles, sizes = ("Роль", "Кто занимает", "Приказ", "Срок", "Отметка"), (50, 70, 50, 50, 0)
    columns = [Column(name, size * mm or width - sum(sizes) * mm) for name, size in zip(titles, sizes, strict=True)]
    ending = [Spacer(0, 8), Signatures([("Директор", form.director)], width)]
    rows = [
        row
        for each in form.holders
        for row in make_rows(columns, [each.role, each.name, each.order, each.term, each.note], size=FINE_SIZE)
    ]
    if not rows:
        return [*section("Кто занимает роли", paragraph("Ролей никто не занимает.")), *ending]
    below = sum(part.wrap(width, width)[1] for part in ending)
    return [*section("Кто занимает роли", Grid(columns, rows, below=below)), KeepTogether(ending)]
