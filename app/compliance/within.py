"""What a question about duties is narrowed to: its day, its schools, some records that the duties are about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

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

    choices: frozenset[tuple[str, str]] = frozenset()
    """(reading, option): readings of the ground that were chosen otherwise than by default for some school year. They
    are in the statement's text, so that who has chosen nothing pays for nothing; the years are its parameters
    (`years_of`)."""

    def as_read(self, reading: str, year: ColumnElement[int], ways: Mapping[str, Any]) -> Any:
        """Of what the options of a reading say (option → columns or condition) that of the one chosen for the school
        year; where no other was ever chosen, the default's as it is."""
        options = sorted(option for name, option in self.choices if name == reading)
        default = ways[load_regulation().readings[reading].default]
        whens = [(self.chosen(reading, option, year), ways[option]) for option in options]
        return case(*whens, else_=default) if whens else default

    def chosen(self, reading: str, option: str, year: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether an option, one that `is_read`, was chosen for the school year."""
        return year.in_(bindparam(_years_of(reading, option), expanding=True))

    def is_read(self, reading: str, option: str) -> bool:
        """Whether an option other than the default was chosen for some school year."""
        return (reading, option) in self.choices

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


def _years_of(reading: str, option: str) -> str:
    return f"years_{reading}_{option}".replace("-", "_")


def years_of(choices: Iterable[tuple[int, str, str]]) -> dict[str, list[int]]:
    """The parameters of a statement for these choices (school year, reading, option)."""
    found: dict[str, list[int]] = defaultdict(list)
    for year, reading, option in sorted(choices):
        found[_years_of(reading, option)].append(year)
    return dict(found)


class Asked(NamedTuple):
    """A question as it is put to the database: the parameters of its statement, and what narrows it."""

    given: dict[str, Any]
    within: Within

    @property
    def holds(self) -> bool:
        """Whether something is held of some card."""
        return "subjects" in self.given


def asked_of(table: FromClause, column: ColumnElement[Any]) -> Select[Any]:
    """What a column holds in the records of a table that the question is about."""
    return select(column).where(table.c.id.in_(SUBJECTS))


def is_open(day: ColumnElement[Any]) -> ColumnElement[bool]:
    """By the day asked about, and not before the beginning of the period."""
    return and_(day <= ON, day >= SINCE)
