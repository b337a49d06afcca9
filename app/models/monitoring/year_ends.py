"""On which day a school year's study ends where a school has made no periods: set by the region with an act."""

from datetime import date

from sqlalchemy import Date, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.models.base import Path, Record, check, field, labelled
from app.models.monitoring.acts import ByAct
from app.regulation import load_regulation
from app.regulation.rights import Resource
from app.regulation.schema import YearEnd
from app.russian import format_date, school_year


def year_ends() -> dict[str, YearEnd]:
    """The grades that end together, by their keys, with the day of the regulation's data."""
    return {one.key: one for one in load_regulation().year_ends}


def known_grades(text: str) -> str:
    if text not in year_ends():
        raise ValueError("Таких классов нет. Выберите из списка.")
    return text


class YearEndDay(ByAct, Record):
    """The last day of study of some grades in a school year; periods that a school has made go before it."""

    __tablename__ = "year_end_day"
    __titles__ = ("Конец учебного года", "Конец учебного года по акту области")
    __rights__ = (Resource.READINGS,)
    __path__ = Path(common=True)
    __table_args__ = (
        UniqueConstraint("start_year", "grades"),
        check(
            "start_year BETWEEN 2015 AND 2100", "start_year", field="start_year", words="Учебный год – от 2015 до 2100."
        ),
    )

    start_year: Mapped[int] = field("Учебный год", Integer, nullable=False, help="2026 – это 2026/27 учебный год")
    grades: Mapped[str] = field("Классы", String(40), nullable=False, normalise=known_grades)
    day: Mapped[date] = field(
        "Последний учебный день", Date, nullable=False, help="Для школ, которые не завели учебных периодов"
    )

    @labelled("Классы", "grades")
    def grades_text(self) -> str:
        known = year_ends()
        return known[self.grades].title if self.grades in known else self.grades

    @labelled("Учебный год", "start_year")
    def caption(self) -> str:
        return f"{school_year(self.start_year)}, {self.grades_text}: {format_date(self.day)}"
