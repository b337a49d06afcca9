"""Overrides of the production calendar with their source act. Quarantine closures are not non-working days."""

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.models.base import Path, Record, field
from app.models.schools import School
from app.models.territory import Region
from app.regulation.rights import Resource
from app.russian import format_date


class CalendarDay:
    """A day that a legal act made working or non-working."""

    day: Mapped[date] = field("Дата", Date, nullable=False)
    is_working: Mapped[bool] = field("Рабочий день", Boolean, nullable=False, default=False)
    act: Mapped[str] = field("Основание (акт, номер, дата)", String(300), nullable=False)

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
