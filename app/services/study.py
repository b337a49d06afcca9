"""The school year: it has the dates of its number, its periods lie in it one after another (3.3.3.2)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.study import FIRST_YEAR, GRADES, LAST_YEAR, AcademicYear, PeriodKind, StudyPeriod, grades_text
from app.russian import format_date
from app.security.writes import changes_of
from app.services.engine import coherence
from app.services.engine.coherence import Found

NOT_AFTER = "Окончание не позже начала."


@coherence.alone(AcademicYear, "start_year", "starts_on", "ends_on")
def _year(year: AcademicYear) -> Iterator[tuple[str, str]]:
    """It begins in the year of its number, from 1 September on, and ends in the next, by 31 August."""
    start = year.start_year
    if start is None or not FIRST_YEAR <= start <= LAST_YEAR:
        return  # its own check tells it
    if year.starts_on and not date(start, 9, 1) <= year.starts_on <= date(start, 12, 31):
        yield "starts_on", f"{year.caption} учебный год начинается в {start} году, не раньше 1 сентября."
    if year.ends_on and not date(start + 1, 1, 1) <= year.ends_on <= date(start + 1, 8, 31):
        yield "ends_on", f"{year.caption} учебный год заканчивается в {start + 1} году, не позже 31 августа."


@coherence.alone(StudyPeriod, "kind", "number", "starts_on", "ends_on", "grade_from", "grade_to")
def _period(period: StudyPeriod) -> Iterator[tuple[str, str]]:
    if period.kind and period.number is not None and not 1 <= period.number <= period.kind.most:
        yield "number", f"Номер – от 1 до {period.kind.most}: {period.kind.title_ru.lower()}."
    if period.starts_on and period.ends_on and period.ends_on <= period.starts_on:
        yield "ends_on", NOT_AFTER
    first, last = period.grade_from, period.grade_to
    for name, grade in (("grade_from", first), ("grade_to", last)):
        if grade is not None and grade not in GRADES:
            yield name, "Классы – от 1 до 11."
    if first is not None and last is not None and last < first:
        yield "grade_to", "«По класс» меньше, чем «с класса»."


Moved = dict[int, Any]
"""The records written just now, by their numbers."""


@coherence.among(
    StudyPeriod,
    "academic_year",
    "academic_year_id",
    "kind",
    "number",
    "starts_on",
    "ends_on",
    "grade_from",
    "grade_to",
)
def _periods(session: Session, written: list[StudyPeriod]) -> Iterator[Found]:
    moved = {period.id: period for period in written}
    for rows in _by_year(session, {period.academic_year_id for period in written}).values():
        for row in rows:
            if row.id in moved:
                yield from ((moved[row.id], *told) for told in _beyond(row))
        yield from _clashes(rows, moved)


@coherence.among(AcademicYear, "start_year", "starts_on", "ends_on")
def _years(session: Session, written: list[AcademicYear]) -> Iterator[Found]:
    """A year is not made shorter than its periods. Those that are written with it are told at their own rows."""
    years = {year.id: year for year in written}
    here = {each.id for each in (*session.new, *session.dirty) if isinstance(each, StudyPeriod) and changes_of(each)}
    for key, rows in _by_year(session, years).items():
        for row in (row for row in rows if row.id not in here):
            for column, _ in _beyond(row):
                yield years[key], column, f"Период за пределами года: {_named(row)}."


def _by_year(session: Session, years: Any) -> dict[int, list[Any]]:
    """The periods of these years as the database has them, in the order of dates, with the dates of the year."""
    period, year = StudyPeriod, AcademicYear
    columns = period.id, period.academic_year_id, period.kind, period.number, period.starts_on, period.ends_on
    grades = period.grade_from, period.grade_to
    bounds = year.starts_on.label("first_day"), year.ends_on.label("last_day")
    wanted = select(*columns, *grades, *bounds).join(year, year.id == period.academic_year_id)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(wanted.where(year.id.in_(sorted(years))).order_by(period.starts_on, period.id)):
        found[row.academic_year_id].append(row)
    return found


def _beyond(row: Any) -> Iterator[tuple[str, str]]:
    if row.starts_on < row.first_day:
        yield "starts_on", f"Период начинается раньше учебного года ({format_date(row.first_day)})."
    if row.ends_on > row.last_day:
        yield "ends_on", f"Период заканчивается позже учебного года ({format_date(row.last_day)})."


def _clashes(rows: Sequence[Any], moved: Moved) -> Iterator[Found]:
    """Of two of a kind that meet or stand in the wrong order, told once: at the later one, if that was written."""
    for first, later in combinations(rows, 2):
        told, other = (later, first) if later.id in moved else (first, later)
        if told.id not in moved or first.kind != later.kind or not _share_a_grade(first, later):
            continue
        if later.starts_on <= first.ends_on:
            column = "starts_on" if told is later else "ends_on"
            yield moved[told.id], column, f"Пересекается с другим периодом: {_named(other)}."
        elif later.number <= first.number:
            yield moved[told.id], "number", f"Номера идут по порядку дат, а есть {_named(other)}."


def _share_a_grade(one: Any, other: Any) -> bool:
    first, last = max(one.grade_from or 0, other.grade_from or 0), min(one.grade_to or 99, other.grade_to or 99)
    return first <= last


def _named(row: Any) -> str:
    kind: PeriodKind = row.kind
    grades = grades_text(row.grade_from, row.grade_to)
    return f"{row.number} {kind.title_ru.lower()}{grades}, {format_date(row.starts_on)} – {format_date(row.ends_on)}"
