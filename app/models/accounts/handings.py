"""The handing over of accounts to their owners, by whose entry the terms of clause 3.3.2.4 are judged."""

from datetime import date
from typing import Any

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, relationship

from app.models.accounts import Account, of_classes
from app.models.base import Path, Record, field
from app.models.judged import Judged, Trigger
from app.models.schools import School
from app.regulation.rights import Resource, Scope
from app.russian import format_date


def _trigger(row: Any) -> Trigger:
    """The term runs from a document about the owner, and from no date of this record."""
    return Trigger()


class HandingOver(Record):
    """An account was handed over to its owner on a day: the stamp of this record is the evidence, the day is told."""

    __tablename__ = "handing_over"
    __titles__ = ("Выдача учётной записи", "Выдачи учётных записей")
    __rights__ = (Resource.ACCOUNTS,)
    __path__ = Path(
        scopes={
            Scope.OWN: lambda m, who: m.account_id == who.account_id,
            Scope.OWN_CLASS: lambda m, who: m.account_id.in_(of_classes(who)),
        }
    )
    __judged__ = Judged(_trigger, ("account_id",), "Снимите отметку: выдача останется в истории записи.")

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False, index=True)
    account_id: Mapped[int] = field("Учётная запись", ForeignKey("ab_user.id"), nullable=False, index=True)
    handed_on: Mapped[date] = field("Выдана", Date, nullable=False)
    withdrawn_on: Mapped[date | None] = field("Отметка снята", Date)
    """From this day on it is no evidence: it was noted by mistake."""
    ended_on: Mapped[date | None] = field("Запись закрыта", Date)
    """From this day on the account was closed: opened again, it is handed over again."""

    school: Mapped[School] = relationship(info={"label": "Школа"})
    account: Mapped[Account] = relationship(foreign_keys=[account_id], info={"label": "Учётная запись"})

    @property
    def stands(self) -> bool:
        return self.withdrawn_on is None and self.ended_on is None

    @property
    def caption(self) -> str:
        return f"Выдача {format_date(self.handed_on)}"
