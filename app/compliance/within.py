"""What a question about duties is narrowed to: its day, its schools, some records that the duties are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, Select, and_, bindparam, false, select

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
