"""A table with a column of each kind: for the tests alone (`tests/docs/test_adding_an_entity.py`)."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, ForeignKey, Integer, String, Text, Time
from sqlalchemy.orm import Mapped, relationship

from app.choices import Choice
from app.models.base import Exact, Instant, Path, Record, Searchable, choice_type, field
from app.models.people import Employee
from app.models.references import reference
from app.models.schools import School
from app.models.values import normalise_email
from app.regulation.rights import Resource, Scope


class SampleState(Choice):
    OPEN = "open", "открыта", "green"
    SHUT = "shut", "закрыта"


class Sample(Searchable, Record):
    """A value of each kind."""

    __tablename__ = "sample"
    __titles__ = ("Проба", "Пробы")
    __rights__ = (Resource.EMPLOYEES,)
    __search__ = ("title",)
    __path__ = Path(scopes={Scope.OWN: lambda m, who: m.employee_id.in_(who.employee_ids)})

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False, index=True)
    employee_id: Mapped[int | None] = field("Сотрудник", Integer)
    title: Mapped[str] = field("Название", String(100), nullable=False)
    story: Mapped[str | None] = field("Описание", Text)
    contact: Mapped[str | None] = field("Почта", String(200), normalise=normalise_email, kind="email")
    state: Mapped[SampleState | None] = field("Состояние", choice_type(SampleState))
    is_ready: Mapped[bool] = field("Готова", Boolean, nullable=False, default=False)
    is_checked: Mapped[bool | None] = field("Проверена", Boolean)
    places: Mapped[int | None] = field("Мест", Integer)
    price: Mapped[Decimal | None] = field("Цена", Exact(10, 2))
    weight: Mapped[float | None] = field("Вес", Float)
    held_on: Mapped[date | None] = field("День", Date)
    starts_at: Mapped[time | None] = field("Начало", Time)
    sent_at: Mapped[datetime | None] = field("Отправлена", Instant)
    details: Mapped[dict[str, Any] | None] = field("Подробности", JSON(none_as_null=True))

    school: Mapped[School] = relationship(info={"label": "Школа"})
    employee: Mapped[Employee | None] = reference("employee_id", "employee")

    @property
    def caption(self) -> str:
        return self.title
