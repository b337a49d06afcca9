"""School years and their periods, by which stays and years' ends are told; what was set before is judged by while a
change of it waits (app/compliance/settings.py)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, case, delete, func, insert, select, union_all

from app.compliance.calendars import calendars
from app.compliance.judged_by import AsSet, held_settings
from app.compliance.settings import Setting
from app.compliance.within import HELD_SETTINGS
from app.models.engine.held import held_span
from app.models.study import AcademicYear, StudyPeriod

SPAN = held_span
TYPED_YEAR, TYPED_PERIOD = AcademicYear.__table__, StudyPeriod.__table__


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
    names = ("school_id", "academic_year_id", *DATES)
    typed = select(*(period.c[name] for name in names)).where(period.c.academic_year_id.not_in(holding))
    stood = select(*(held.c[name] for name in names)).where(~held.c.is_year, held.c.held_id.in_(HELD_SETTINGS))
    return union_all(typed, stood).subquery("judged_period")


DATES = ("starts_on", "ends_on")
YEAR, PERIOD = _years(), _periods()


def last_day(year: Any) -> Any:
    """The last day of the last study period of a school year; NULL where it has none. Looked up for each year."""
    typed = select(func.max(TYPED_PERIOD.c.ends_on)).where(TYPED_PERIOD.c.academic_year_id == year.c.id)
    held = select(func.max(SPAN.c.ends_on)).where(SPAN.c.held_id == year.c.held_id, ~SPAN.c.is_year)
    typed_day, held_day = (each.correlate(year).scalar_subquery() for each in (typed, held))
    return case((year.c.held_id.is_(None), typed_day), else_=held_day)


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
        wanted = select(period.starts_on, period.ends_on).where(period.academic_year_id == key)
        periods = connection.execute(wanted.order_by(period.starts_on, period.ends_on, period.id))
        told = [[str(since), str(until)] for since, until in periods]
        return {"year": [str(year.starts_on), str(year.ends_on)], "periods": told}

    def stored(self, connection: Connection, row: Any) -> None:
        own = {"held_id": row.id, "school_id": row.school_id, "academic_year_id": row.key}
        spans = [(True, row.stood["year"]), *((False, each) for each in row.stood["periods"])]
        values = [
            own | {"is_year": is_year} | dict(zip(DATES, map(date.fromisoformat, days), strict=True))
            for is_year, days in spans
        ]
        connection.execute(insert(SPAN), values)

    def forgotten(self, connection: Connection, held_id: int) -> None:
        connection.execute(delete(SPAN).where(SPAN.c.held_id == held_id))

    def as_set(self, connection: Connection, row: Any, on: date, stood: Mapping[str, Any] | None) -> AsSet:
        own = frozenset({row.school_id})
        here = select(SPAN.c.held_id).where(SPAN.c.academic_year_id == row.key)
        others = set(held_settings(connection, own, on)) - set(connection.scalars(here))
        return AsSet(calendars(connection, own, on=on), [*others, *([] if stood is None else [row.id])])
