"""By what settings of schools a question is judged: as the tables have them, or as they stood before a change that
waits."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.compliance.calendars import (
    CALENDAR,
    OfGrades,
    SchoolIds,
    calendars,
    calendars_of_grades,
    standing_settings,
)
from app.regulation import WorkCalendar


@dataclass(frozen=True)
class AsSet:
    """What schools have set for all."""

    of_school: Mapping[int, WorkCalendar]
    held: Collection[int]
    """The rows of `held_setting` in the place of what the tables say."""
    of_grades: Callable[[], OfGrades] = dict
    """Asked for where a reading counts by the days of the class."""


def as_set(connection: Connection, school_ids: SchoolIds, on: date) -> AsSet:
    """As it counts on the day."""
    rows = connection.execute(standing_settings(school_ids, on)).all()
    found = calendars(connection, school_ids, held=rows)
    return AsSet(found, _first_of_each(rows), lambda: calendars_of_grades(connection, found, on, rows))


def held_settings(connection: Connection, school_ids: SchoolIds, on: date) -> list[int]:
    """The rows that stand on the day: of a setting that was changed several times the first change's."""
    return _first_of_each(connection.execute(standing_settings(school_ids, on)).all())


def _first_of_each(rows: Sequence[Any]) -> list[int]:
    return list({(row.setting, row.key): row.id for row in reversed(rows) if row.setting != CALENDAR}.values())
