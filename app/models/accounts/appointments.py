"""Orders that give accounts their roles (3.3.1)."""

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, relationship

from app.models import papers, values
from app.models.accounts import Account
from app.models.base import Path, Record, check, field, labelled
from app.models.schools import School
from app.models.territory import Municipality
from app.regulation import load_regulation
from app.regulation.rights import Resource, Scope


class Appointment(Record):
    """An order that gives an account its role; the last day of it takes the role away (3.3.1)."""

    __tablename__ = "appointment"
    __titles__ = ("Назначение на роль", "Назначения на роли")
    __rights__ = (Resource.APPOINTMENTS,)
    __gives_rights__ = True
    __path__ = Path(scopes={Scope.OWN: lambda m, who: m.account_id == who.account_id})
    __table_args__ = (
        check(
            "(role = 'municipal') = (municipality_id IS NOT NULL)",
            "municipality",
            field="municipality_id",
            words="Муниципалитет указывается для роли «Сотрудник УО», и только для неё.",
        ),
        check(
            "(role IN ('municipal', 'regional')) = (school_id IS NULL)",
            "school",
            field="school_id",
            words="Школа указывается для школьной роли, и только для неё.",
        ),
        check(
            "valid_to IS NULL OR valid_to >= valid_from", "period", field="valid_to", words="Окончание раньше начала."
        ),
        check(
            "role NOT IN ('student', 'parent')",
            "staff_role",
            field="role",
            words="Эта роль следует из карточки, её не назначают.",
        ),
        Index("ix_appointment_account", "account_id", "valid_from"),
    )

    account_id: Mapped[int] = field("Учётная запись", ForeignKey("ab_user.id"), nullable=False)
    role: Mapped[str] = field("Роль", String(20), nullable=False)
    school_id: Mapped[int | None] = field("Школа", ForeignKey("school.id"), index=True)
    municipality_id: Mapped[int | None] = field("Муниципалитет", ForeignKey("municipality.id"))
    order_number: Mapped[str] = field(
        "№ приказа о назначении", String(30), nullable=False, normalise=papers.normalise_document_number
    )
    order_date: Mapped[date] = field("Дата приказа", Date, nullable=False, info={"check": values.check_document_date})
    valid_from: Mapped[date] = field("Действует с", Date, nullable=False, info={"check": values.check_coming_date})
    valid_to: Mapped[date | None] = field("Действует по", Date, help="Последний день; пусто – бессрочно")

    account: Mapped[Account] = relationship(foreign_keys=[account_id], info={"label": "Учётная запись"})
    school: Mapped[School | None] = relationship(info={"label": "Школа"})
    municipality: Mapped[Municipality | None] = relationship(info={"label": "Муниципалитет"})

    @labelled("Роль")
    def role_name(self) -> str:
        return load_regulation().roles[self.role].title

    @property
    def caption(self) -> str:
        return f"{self.role_name}, приказ № {self.order_number}"


Appointment.__table__.c.role.info["words"] = lambda code: load_regulation().roles[code].title
"""How a stored code is told in a history."""
