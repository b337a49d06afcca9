"""Overrides of the production calendar with their source act. Quarantine closures are not non-working days."""

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.models import papers
from app.models.base import Path, Record, field
from app.models.schools import School
from app.models.territory import Region
from app.regulation.rights import Resource
from app.russian import format_date


def act_text(act: str, number: str | None, on: date | None) -> str:
    """«указ Президента РФ от 01.08.2026 № 1»; of what was entered before number and date were asked for, the text."""
    return act + (f" от {format_date(on)}" if on else "") + (f" № {number}" if number else "")


class CalendarDay:
    """A day that a legal act made working or non-working."""

    day: Mapped[date] = field("Дата", Date, nullable=False)
    is_working: Mapped[bool] = field("Рабочий день", Boolean, nullable=False, default=False)
    act: Mapped[str] = field("Акт", String(300), nullable=False, help="Вид акта и кто издал: указ Президента РФ")
    act_number: Mapped[str | None] = field("Номер акта", String(50), asked=True, normalise=papers.normalise_act_number)
    act_date: Mapped[date | None] = field("Дата акта", Date, asked=True, info={"check": papers.check_act_date})

    @property
    def act_text(self) -> str:
        return act_text(self.act, self.act_number, self.act_date)

    @property
    def caption(self) -> str:
        return f"{format_date(self.day)} – {'рабочий' if self.is_working else 'нерабочий'} день"


class RegionCalendarDay(CalendarDay, Record):
    """An override for all schools of the region (the governor's or the President's act)."""

    __tablename__ = "region_calendar_day"
    __titles__ = ("День календаря региона", "Календарь региона")
    __rights__ = (Resource.CALENDAR_REGION,)
    __path__ = Path(common=True)
    __table_args__ = (UniqueConstraint("region_id", "day"),)

    region_id: Mapped[int] = field("Регион", ForeignKey("region.id"), nullable=False)
    region: Mapped[Region] = relationship(info={"label": "Регион"})


class SchoolCalendarDay(CalendarDay, Record):
    """An override for one school; it wins over the region's."""

    __tablename__ = "school_calendar_day"
    __titles__ = ("День календаря школы", "Календарь школы")
    __rights__ = (Resource.CALENDAR_SCHOOL,)
    __table_args__ = (UniqueConstraint("school_id", "day"),)

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False)
    school: Mapped[School] = relationship(info={"label": "Школа"})
