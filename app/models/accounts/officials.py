"""People of a municipality's authority (МОУО) and of the region's: their cards (3.3.9.1, 4.1)."""

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint, column
from sqlalchemy.orm import Mapped, relationship

from app.models import values
from app.models.base import Path, Record, check, field, labelled
from app.models.people import SNILS_TAKEN, Person, account_of
from app.models.references import named
from app.models.territory import Municipality
from app.regulation.rights import Resource

OF_REGION = "Регион"
REGIONS = column("municipality_id").is_(None)


class Official(Person, Record):
    """The card of somebody who works in an authority, which stands above schools."""

    __tablename__ = "official"
    __titles__ = ("Сотрудник органа управления", "Сотрудники органов управления")
    __rights__ = (Resource.OFFICIALS,)
    __search_index__ = False  # tens of rows
    __search__ = ("last_name", "first_name", "middle_name", "position", "phone")
    __path__ = Path(school=None, municipality="municipality_id")
    __table_args__ = (
        UniqueConstraint("municipality_id", "snils", info=SNILS_TAKEN),
        # NULLs are equal to nothing: the numbers of the region's people are held apart.
        Index("uq_official_region_snils", "snils", unique=True, sqlite_where=REGIONS, postgresql_where=REGIONS),
        check(
            "dismissed_on IS NULL OR dismissed_on >= hired_on",
            "dismissed_on",
            field="dismissed_on",
            words="Последний рабочий день раньше первого.",
        ),
        Index("ix_official_search_text", "search_text", "id"),
    )

    municipality_id: Mapped[int | None] = field(
        "Муниципалитет", ForeignKey("municipality.id"), index=True, help="Пусто – орган управления региона"
    )
    position: Mapped[str | None] = field("Должность", String(150), help="Как в штатном расписании")
    hired_on: Mapped[date] = field("Работает с", Date, nullable=False, info={"check": values.check_coming_date})
    dismissed_on: Mapped[date | None] = field(
        "Работает по",
        Date,
        help="Последний рабочий день; после него доступа нет",
        info={"check": values.check_coming_date},
    )
    phone: Mapped[str | None] = field("Рабочий телефон", String(25), normalise=values.normalise_phone, mask="phone")
    email: Mapped[str | None] = field("Электронная почта", String(200), normalise=values.normalise_email, kind="email")

    account = account_of("official")

    municipality: Mapped[Municipality | None] = relationship(info={"label": "Муниципалитет"})

    @labelled("Орган управления", "municipality")
    def authority(self) -> str:
        return str(named(self, "municipality") or OF_REGION)
