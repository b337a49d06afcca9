"""The paper by which the region has set something."""

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped

from app.models import papers
from app.models.base import field
from app.russian import format_date


class ByAct:
    """What is set by an act: its number and date."""

    act_number: Mapped[str] = field("Номер акта", String(50), nullable=False, normalise=papers.normalise_act_number)
    act_date: Mapped[date] = field("Дата акта", Date, nullable=False, info={"check": papers.check_act_date})

    @property
    def act_text(self) -> str:
        return f"акт № {self.act_number} от {format_date(self.act_date)}"
