"""What monitoring rests on besides the regulation's own text: the readings that the region chose (4.1)."""

from typing import Any

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, validates

from app.models.base import Path, Record, check, field, labelled
from app.models.monitoring.acts import ByAct
from app.regulation import load_regulation
from app.regulation.rights import Resource
from app.russian import school_year


def readings() -> dict[str, str]:
    """«reading:option» → the Russian text of both, for every option of the register."""
    return {
        f"{reading.id}:{option.id}": f"{reading.title}: {option.title}"
        for reading in load_regulation().readings.values()
        for option in reading.options.values()
    }


def known_option(text: str) -> str:
    """An option of the register."""
    if text not in readings():
        raise ValueError("Такого чтения нет. Выберите из списка.")
    return text


class ReadingChoice(ByAct, Record):
    """How a wording of the regulation is read in a school year, by an act of the region."""

    __tablename__ = "reading_choice"
    __titles__ = ("Выбор чтения", "Выбор чтений")
    __rights__ = (Resource.READINGS,)
    __path__ = Path(common=True)
    __table_args__ = (
        UniqueConstraint("start_year", "reading"),
        check(
            "start_year BETWEEN 2015 AND 2100", "start_year", field="start_year", words="Учебный год – от 2015 до 2100."
        ),
    )

    start_year: Mapped[int] = field("Учебный год", Integer, nullable=False, help="2026 – это 2026/27 учебный год")
    reading: Mapped[str] = field("Чтение", String(40), nullable=False)
    option: Mapped[str] = field("Чтение и вариант", String(80), nullable=False, normalise=known_option)

    @validates("option")
    def _reading_of_it(self, key: str, option: Any) -> Any:
        self.reading = str(option or "").partition(":")[0]
        return option

    @labelled("Чтение и вариант", "option")
    def option_text(self) -> str:
        return readings().get(self.option, self.option)

    @labelled("Учебный год", "start_year")
    def caption(self) -> str:
        return f"{school_year(self.start_year)}: {self.option_text}"
