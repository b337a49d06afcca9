"""What holds from a day to a day; values of which at most one of a kind holds on any day."""

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Date, and_, or_
from sqlalchemy.orm import Mapped

from app.models.base import field


class Spanning:
    """A row holds from a day to a day, both included; no end is «until further notice»."""

    __span__: ClassVar[tuple[str, str]]
    """The columns of its first and its last day."""

    @property
    def span(self) -> tuple[date, date | None]:
        since, until = (getattr(self, name) for name in self.__span__)
        return since, until

    def holds_on(self, day: date) -> bool:
        since, until = self.span
        return since <= day and (until is None or day <= until)

    @classmethod
    def holding_on(cls, day: date) -> ColumnElement[bool]:
        """The rows that hold on a local day."""
        since, until = (getattr(cls, name) for name in cls.__span__)
        return and_(since <= day, or_(until.is_(None), until >= day))


class Dated(Spanning):
    """A value that holds from `valid_from` to `valid_to`.

    `__one_of__` names the whole-number columns for which only one row may hold on a day. The database keeps it: the
    migration of the table says `forbid_overlap(table, keys)` (migrations/periods.py).
    """

    __span__ = ("valid_from", "valid_to")
    __one_of__: ClassVar[tuple[str, ...]] = ()

    valid_from: Mapped[date] = field("Действует с", Date, nullable=False)
    valid_to: Mapped[date | None] = field("Действует по", Date, help="Последний день действия; пусто – действует")


def holding_on(model: Any, day: date) -> ColumnElement[bool]:
    """The rows of a model that hold on a local day."""
    found: ColumnElement[bool] = model.holding_on(day)
    return found
