"""From which day a school keeps its records here, by an act of the region (deadlines.md, Start of use)."""

from datetime import date, timedelta

from sqlalchemy import Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.models.base import Path, Record, field, labelled
from app.models.monitoring.acts import ByAct
from app.models.references import named
from app.models.schools import School
from app.models.territory import Region
from app.regulation.rights import Resource
from app.regulation.workdays import FIRST_DAY
from app.russian import format_date

MOST_AHEAD = timedelta(days=365)
LOADING = timedelta(days=30)
"""How far from the start of a school its initial load may be (deadlines.md, Start of use)."""


def check_start(day: date, today: date) -> date:
    """A day that can be computed."""
    if not FIRST_DAY <= day <= today + MOST_AHEAD:
        raise ValueError(f"Ожидается дата с {format_date(FIRST_DAY)} по {format_date(today + MOST_AHEAD)}.")
    return day


class Started(ByAct):
    """A day of beginning, and the act that set it."""

    since: Mapped[date] = field("Ведение в панели с", Date, nullable=False, info={"check": check_start})


class SchoolStart(Started, Record):
    """Of one school. What was due before is counted nowhere; stays that began before owe no order of enrolment."""

    __tablename__ = "school_start"
    __titles__ = ("Начало ведения", "Начало ведения школами")
    __rights__ = (Resource.START_OF_USE,)
    __table_args__ = (UniqueConstraint("school_id"),)

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False)
    school: Mapped[School] = relationship(info={"label": "Школа"})

    @labelled("Начало ведения", "school", "since")
    def caption(self) -> str:
        return f"{named(self, 'school') or 'Школа'}: ведение с {format_date(self.since)}"


class RegionStart(Started, Record):
    """Of the schools that have entered nothing and for whom no day of their own is set."""

    __tablename__ = "region_start"
    __titles__ = ("Начало ведения для школ без записей", "Начало ведения для школ без записей")
    __rights__ = (Resource.START_OF_USE,)
    __path__ = Path(common=True)
    __table_args__ = (UniqueConstraint("region_id"),)

    region_id: Mapped[int] = field("Регион", ForeignKey("region.id"), nullable=False)
    region: Mapped[Region] = relationship(info={"label": "Регион"})

    @property
    def caption(self) -> str:
        return f"Школы без записей: ведение с {format_date(self.since)}"
