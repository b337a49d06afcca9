"""What a question about duties is narrowed to: its day, its schools, some records that the duties are about."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, Select, and_, bindparam, case, false, select

from app.regulation import load_regulation

ON, SINCE = bindparam("on", type_=Date), bindparam("since", type_=Date)
SUBJECTS: Any = bindparam("subjects", expanding=True)
"""The numbers of the records that a question is about."""
HELD_SETTINGS: Any = bindparam("held_settings", value=[], expanding=True)
"""The rows of `held_setting` by which is judged what a binding's settings tell."""
EARLIEST = date(1900, 1, 1)
"""`:since` of a question about all that was ever owed."""


@dataclass(frozen=True)
class Within:
    """What narrows the facts, so that the database starts from it. The values are the statement's parameters."""

    schools: bool = False
    about: str | None = None
    """The table of the records that the question is about; None: about everything."""
    coming: bool = False
    """What opens on its due day is asked about before it too, and what is counted nowhere (`BEFORE_START`)."""

    choices: frozenset[tuple[int, str, str]] = frozenset()
    """(school year, reading, option): readings of the ground chosen otherwise than by default (`Readings.of_grounds`).
    They are in the statement's text, so that who has chosen nothing pays for nothing."""

    def as_read(self, reading: str, year: ColumnElement[int], ways: Mapping[str, Any]) -> Any:
        """Of what the options of a reading say (option → columns or condition) that of the one chosen for the school
        year; where no other was ever chosen, the default's as it is."""
        years: dict[str, list[int]] = defaultdict(list)
        for start, name, option in sorted(self.choices):
            if name == reading:
                years[option].append(start)
        default = ways[load_regulation().readings[reading].default]
        whens = [(year.in_(chosen), ways[option]) for option, chosen in sorted(years.items())]
        return case(*whens, else_=default) if whens else default

    def is_read(self, reading: str, option: str) -> bool:
        """Whether an option other than the default was chosen for some school year."""
        return any(each[1:] == (reading, option) for each in self.choices)

    def of_schools(self, table: FromClause) -> list[ColumnElement[bool]]:
        return [table.c.school_id.in_(bindparam("schools", expanding=True))] if self.schools else []

    def among(self, by: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[bool]]:
        """The condition on rows that know what a question may be about: table → what of the row is its number.

        Rows that know nothing of that table are none of the question.
        """
        if self.about is None:
            return []
        return [by[self.about].in_(SUBJECTS) if self.about in by else false()]

    def of(self, table: FromClause, by: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[bool]]:
        return [*self.of_schools(table), *self.among(by)]


def asked_of(table: FromClause, column: ColumnElement[Any]) -> Select[Any]:
    """What a column holds in the records of a table that the question is about."""
    return select(column).where(table.c.id.in_(SUBJECTS))


def is_open(day: ColumnElement[Any]) -> ColumnElement[bool]:
    """By the day asked about, and not before the beginning of the period."""
    return and_(day <= ON, day >= SINCE)
