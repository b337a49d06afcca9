"""Values that hold from a day to a day: at most one of a kind on any day."""

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Date, and_, or_
from sqlalchemy.orm import Mapped

from app.models.base import field


class Dated:
    """A row holds from `valid_from` to `valid_to`, both days included; no end is «until further notice».

    `__one_of__` names the whole-number columns for which only one row may hold on a day. The database keeps it: the
    migration of the table says `forbid_overlap(table, keys)` (migrations/periods.py).
    """

    __one_of__: ClassVar[tuple[str, ...]] = ()

    valid_from: Mapped[date] = field("Действует с", Date, nullable=False)
    valid_to: Mapped[date | None] = field("Действует по", Date, help="Последний день действия; пусто – действует")

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def holding_on(model: Any, day: date) -> ColumnElement[bool]:
    """The rows of a dated model that hold on a local day."""
    return and_(model.valid_from <= day, or_(model.valid_to.is_(None), model.valid_to >= day))
