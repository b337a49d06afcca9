"""School years and their periods, by which stays and years' ends are told; what was set before is judged by while a
change of it waits (app/compliance/settings.py)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Select,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    null,
    select,
    union_all,
)

from app.compliance.calendars import calendars, calendars_of_grades
from app.compliance.columns import year_day
from app.compliance.judged_by import AsSet, held_settings
from app.compliance.settings import Effect, Setting, compared
from app.compliance.within import HELD_SETTINGS
from app.models.engine.held import held_span
from app.models.monitoring.year_ends import YearEndDay
from app.models.study import AcademicYear, StudyPeriod
from app.regulation import load_regulation

SPAN = held_span
TYPED_YEAR, TYPED_PERIOD = AcademicYear.__table__, StudyPeriod.__table__
SET = YearEndDay.__table__


DATES = ("starts_on", "ends_on")
GRADES = ("grade_from", "grade_to")
"""Of a period; NULL: it is of all of them from the first on, or to the last."""


def _years() -> Any:
    """The school years, those of which an earlier state holds with its dates."""
    year, held = TYPED_YEAR, SPAN
    holds = and_(held.c.academic_year_id == year.c.id, held.c.is_year, held.c.held_id.in_(HELD_SETTINGS))
    dates = (func.coalesce(held.c[name], year.c[name], type_=year.c[name].type).label(name) for name in DATES)
    columns = year.c.id, year.c.school_id, year.c.start_year, *dates, held.c.held_id
    return select(*columns).select_from(year.outerjoin(held, holds)).subquery("judged_year")


def _periods() -> Any:
    period, held = TYPED_PERIOD, SPAN
    holding = select(held.c.academic_year_id).where(held.c.held_id.in_(HELD_SETTINGS))
    names = ("school_id", "academic_year_id", *DATES, *GRADES)
    typed = select(*(period.c[name] for name in names)).where(period.c.academic_year_id.not_in(holding))
    stood = select(*(held.c[name] for name in names)).where(~held.c.is_year, held.c.held_id.in_(HELD_SETTINGS))
    return union_all(typed, stood).subquery("judged_period")


YEAR, PERIOD = _years(), _periods()


def year_end(year: Any, grade: ColumnElement[int]) -> ColumnElement[date]:
    """The last day of the last study period of a grade in a school year; where it has none, the region's day."""
    typed = select(func.max(TYPED_PERIOD.c.ends_on)).where(TYPED_PERIOD.c.academic_year_id == year.c.id)
    held = select(func.max(SPAN.c.ends_on)).where(SPAN.c.held_id == year.c.held_id, ~SPAN.c.is_year)
    of_grade = (
        each.where(_is_of(spans, grade)).correlate_except(spans).scalar_subquery()
        for each, spans in ((typed, TYPED_PERIOD), (held, SPAN))
    )
    typed_day, held_day = of_grade
    last = case((year.c.held_id.is_(None), typed_day), else_=held_day)
    return func.coalesce(last, _without_periods(year, grade), type_=Date)


def _is_of(spans: Any, grade: ColumnElement[int]) -> ColumnElement[bool]:
    first, last = (func.coalesce(spans.c[name], grade) for name in GRADES)
    return grade.between(first, last)


def ends_of_years() -> list[Select[tuple[date]]]:
    """(day): every day that `year_end` may tell of a grade, and few others."""
    alike = YEAR.c.id, *(PERIOD.c[name] for name in GRADES)
    last = select(func.max(PERIOD.c.ends_on).label("day")).join_from(
        YEAR, PERIOD, PERIOD.c.academic_year_id == YEAR.c.id
    )
    return [last.group_by(*alike), *(select(day.label("day")).select_from(YEAR) for _, day in _set_by_region(YEAR))]


def _without_periods(year: Any, grade: ColumnElement[int]) -> ColumnElement[date]:
    days = _set_by_region(year)
    whens = [(grade.in_(grades), day) for grades, day in days if grades]
    return case(*whens, else_=next((day for grades, day in days if not grades), cast(null(), Date)))


def _set_by_region(year: Any) -> list[tuple[tuple[int, ...], ColumnElement[date]]]:
    """Grades, and their last day of study where a school made no periods: by an act of the region, else that of the
    regulation's data."""
    said = load_regulation()
    return [
        (
            one.grades,
            func.coalesce(
                _by_act(year, one.key),
                year_day(year.c.start_year + int(one.day < said.year_starts), one.day.month, one.day.day),
                type_=Date,
            ),
        )
        for one in said.year_ends
    ]


def _by_act(year: Any, grades: str) -> ColumnElement[Any]:
    own = SET.c.start_year == year.c.start_year, SET.c.grades == grades
    return select(SET.c.day).where(*own).correlate_except(SET).scalar_subquery()


def without_periods(classes: FromClause) -> ColumnElement[bool]:
    """Whether the school of a class has made no period of its grade in its year."""
    own = PERIOD.c.academic_year_id == classes.c.academic_year_id, _is_of(PERIOD, classes.c.grade)
    return ~exists().where(*own).correlate(classes)


def day_set_for(classes: FromClause, year: FromClause) -> ColumnElement[bool]:
    """The row of `SET` on the grade of a class in its year."""
    said = load_regulation().year_ends
    whens = [(classes.c.grade.in_(one.grades), one.key) for one in said if one.grades]
    others = next((one.key for one in said if not one.grades), "")
    return and_(SET.c.start_year == year.c.start_year, SET.c.grades == case(*whens, else_=others))


@dataclass(frozen=True)
class Part:
    """One of the things that a change of a school year has changed."""

    name: str
    """Of the state as data."""
    place: int | None
    """Of which period; None: the whole of it."""
    typed: Any
    words: str


def _parts(stood: Mapping[str, Any], typed: Mapping[str, Any]) -> list[Part]:
    """Periods are told one by one as long as there are as many as before."""
    found = []
    if stood["year"] != typed["year"]:
        found.append(Part("year", None, typed["year"], "начало и конец учебного года"))
    was, now = stood["periods"], typed["periods"]
    if len(was) == len(now):
        pairs = enumerate(zip(was, now, strict=True))
        found += [Part("periods", place, new, f"период {place + 1}") for place, (old, new) in pairs if old != new]
    else:
        found.append(Part("periods", None, now, "число периодов"))
    return found


def _with(stood: Mapping[str, Any], parts: Sequence[Part]) -> dict[str, Any]:
    """As it stood, but for these parts."""
    state = {"year": stood["year"], "periods": list(stood["periods"])}
    for part in parts:
        if part.place is None:
            state[part.name] = part.typed
        else:
            state[part.name][part.place] = part.typed
    return state


def _is_whole(state: Mapping[str, Any]) -> bool:
    """The periods of the same grades follow each other within the year. (ISO days are compared as text.)"""
    days: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for since, until, *grades in state["periods"]:
        days[tuple(grades)] += since, until
    first, last = state["year"]
    return all(each == sorted(each) and first <= each[0] and each[-1] <= last for each in days.values())


class YearSetting(Setting):
    """The first and the last day of a school year, and its study periods. The key is the year."""

    name = "year"
    models = (AcademicYear, StudyPeriod)

    def key_of(self, row: Any) -> int | None:
        year = getattr(row, "academic_year", None)
        own = row.id if isinstance(row, AcademicYear) else row.academic_year_id
        key: int | None = own if own is not None or year is None else year.id
        return key

    def typed(self, connection: Connection, school_id: int, key: int) -> dict[str, Any] | None:
        year = connection.execute(select(TYPED_YEAR).where(TYPED_YEAR.c.id == key)).one_or_none()
        if year is None:
            return None
        period = TYPED_PERIOD.c
        columns = period.starts_on, period.ends_on, period.grade_from, period.grade_to
        wanted = select(*columns).where(period.academic_year_id == key)
        periods = connection.execute(wanted.order_by(period.starts_on, period.ends_on, period.id))
        told = [
            [str(since), str(until), *(grades if grades != [None, None] else ())] for since, until, *grades in periods
        ]
        return {"year": [str(year.starts_on), str(year.ends_on)], "periods": told}

    def effect(self, connection: Connection, row: Any, on: date) -> Effect:
        """What betters nothing of a change that betters acts at once, where the parts do not depend on each other:
        then the year is judged by what stood with those parts as they are typed."""
        self._judged_by(connection, row, row.stood)
        found = super().effect(connection, row, on)
        typed = self.typed(connection, row.school_id, row.key)
        if found.bettered and typed is not None and len(parts := _parts(row.stood, typed)) > 1:
            free = self._harmless(connection, row, on, parts)
            self._judged_by(connection, row, _with(row.stood, free))
            found.at_once = [part.words for part in free]
            found.waiting = [part.words for part in parts if part not in free]
        return found

    def _harmless(self, connection: Connection, row: Any, on: date, parts: Sequence[Part]) -> list[Part]:
        """The parts that better nothing, each by itself and all of them together; none where they do together."""
        before = self.owed(connection, row, on, row.stood)

        def betters(some: Sequence[Part]) -> bool:
            state = _with(row.stood, some)
            self._judged_by(connection, row, state)
            return bool(compared(before, self.owed(connection, row, on, state), row, on).bettered)

        free = [part for part in parts if not betters([part])]
        return free if free and _is_whole(_with(row.stood, free)) and not betters(free) else []

    def _judged_by(self, connection: Connection, row: Any, state: Mapping[str, Any]) -> None:
        self.forgotten(connection, row.id)
        self._store(connection, row, state)

    def stored(self, connection: Connection, row: Any) -> None:
        self._store(connection, row, row.stood)

    def _store(self, connection: Connection, row: Any, state: Mapping[str, Any]) -> None:
        own = {"held_id": row.id, "school_id": row.school_id, "academic_year_id": row.key}
        spans = [(True, state["year"]), *((False, each) for each in state["periods"])]
        values = [
            own
            | {"is_year": is_year}
            | dict(zip(DATES, map(date.fromisoformat, span[:2]), strict=True))
            | dict(zip(GRADES, span[2:] or (None, None), strict=True))
            for is_year, span in spans
        ]
        connection.execute(insert(SPAN), values)

    def forgotten(self, connection: Connection, held_id: int) -> None:
        connection.execute(delete(SPAN).where(SPAN.c.held_id == held_id))

    def as_set(self, connection: Connection, row: Any, on: date, stood: Mapping[str, Any] | None) -> AsSet:
        own = frozenset({row.school_id})
        here = select(SPAN.c.held_id).where(SPAN.c.academic_year_id == row.key)
        others = set(held_settings(connection, own, on)) - set(connection.scalars(here))
        found, held = calendars(connection, own, on=on), [*others, *([] if stood is None else [row.id])]
        return AsSet(found, held, lambda: calendars_of_grades(connection, found, on))
