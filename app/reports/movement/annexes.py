"""What is added to the sheets of monitoring: the records not entered and entered late, school by school."""

from collections.abc import Iterator, Sequence
from datetime import date

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak, Spacer

from app.reports.engine.blocks import ORGANISATION, RIGHT, paragraph, section
from app.reports.engine.cells import FINE_SIZE, Column, Row, make_band, make_rows
from app.reports.engine.grid import Grid
from app.reports.engine.outline import SECTION, Bookmark
from app.reports.movement.data import Annex, ListedItem, SchoolList, listed_in
from app.russian import NBSP, format_date, format_number, plural, unbroken

# Said to a reader of the sheet, in place of a zero or of an absent date.
NOTHING = "–"
Lists = list[tuple[str, tuple[SchoolList, ...]]]
"""What a list is called, and its schools."""


def annexes(added: Sequence[Annex], as_of: date, width: float, *, named: bool) -> Iterator[Flowable]:
    """Each on a new page. Where the records of one school alone are listed they are not `named` by their school."""
    for number, (title, lists) in enumerate(listed(added, as_of), 1):
        yield PageBreak()
        yield Bookmark(f"Приложение {number}. {title}")
        yield paragraph(f"Приложение {number}", RIGHT)
        yield paragraph(title, ORGANISATION)
        yield Spacer(0, 6)
        for heading, schools in lists:
            grid = records(schools, width, SECTION + 1 + bool(heading), named=named)
            yield from section(heading, grid, level=SECTION + 1) if heading else [grid]


def listed(added: Sequence[Annex], as_of: date) -> Iterator[tuple[str, Lists]]:
    """Each of the two lists is an annex; of the region's form, both lists of each municipality. None is empty."""
    for annex in added:
        lists = two_lists(annex, as_of)
        if annex.title and lists:
            yield annex.title, lists
        elif lists:
            yield from ((title, [("", schools)]) for title, schools in lists)


def two_lists(annex: Annex, as_of: date) -> Lists:
    """Those that are not empty, each with its number of records."""
    day = format_date(as_of)
    both = (f"Не внесено на {day}", annex.missing), (f"Внесено с опозданием на {day}", annex.late)
    return [(f"{title}: {_number(schools)}", schools) for title, schools in both if schools]


def contents(added: Sequence[Annex], as_of: date) -> str:
    """What is added to the sheet; a sheet alone says that there is nothing to list."""
    titles = [f"{number}. {title}" for number, (title, _) in enumerate(listed(added, as_of), 1)]
    return f"Приложения: {'; '.join(titles)}." if titles else "Не внесённых и внесённых с опозданием записей нет."


def _number(schools: Sequence[SchoolList]) -> str:
    number = listed_in([tuple(schools)])
    return f"{format_number(number)} {plural(number, 'запись', 'записи', 'записей')}"


def records(schools: Sequence[SchoolList], width: float, depth: int, *, named: bool) -> Grid:
    """The records of a list, each school's under its name; `depth` is the schools' place in the outline."""
    columns = _columns(width)
    return Grid(columns, [row for school in schools for row in _school_rows(columns, school, depth, named=named)])


def _columns(width: float) -> list[Column]:
    fixed = [
        Column("№", 11 * mm, "right"),
        Column("Обучающийся, класс", 48 * mm),
        Column("Обязанность, пункт Регламента", 56 * mm),
        Column("Дата события", 19 * mm, "center"),
        Column("Срок внесения", 19 * mm, "center"),
        Column("Внесено", 19 * mm, "center"),
        Column("Дней опоздания", 20 * mm, "right", strong=True),
    ]
    return [*fixed, Column("Основание срока", width - sum(column.width for column in fixed))]


def _school_rows(columns: Sequence[Column], school: SchoolList, depth: int, *, named: bool) -> Iterator[Row]:
    if named:
        yield make_band(columns, f"{school.organisation}: {len(school.items)}", school.responsible, depth, FINE_SIZE)
    for number, item in enumerate(school.items, 1):
        yield from make_rows(columns, [str(number), *_item_texts(item)], size=FINE_SIZE)


def _clause(clause: str) -> str:
    return ("пп." if "," in clause else "п.") + NBSP + clause


def _item_texts(item: ListedItem) -> list[str]:
    return [
        unbroken(item.subject),
        f"{item.rule_title}, {_clause(item.clause)}",
        format_date(item.event) if item.event else NOTHING,
        format_date(item.due),
        format_date(item.entered) if item.entered else "не внесено",
        format_number(item.days),
        item.basis,
    ]
