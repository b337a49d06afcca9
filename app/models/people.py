"""Personal cards: pupils, parents and their guardianship, employees (3.3.4.2)."""

from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Select,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, relationship

from app.choices import Choice
from app.models import kinds, values
from app.models.base import Path, Record, Searchable, check, choice_type, field, labelled
from app.models.computed import computed, full_years
from app.models.directories.people import Position
from app.models.names import normalise_middle_name, normalise_name
from app.models.references import reference, referring
from app.models.schools import School
from app.regulation.rights import Resource, Scope
from app.russian import short_name

SNILS_TAKEN = {"taken": "СНИЛС занят"}
"""Who has it is said (app/services/engine/taken.py)."""


class Sex(Choice):
    MALE = "male", "мужской"
    FEMALE = "female", "женский"


class Person(Searchable):
    """What every personal card has."""

    __search__ = ("last_name", "first_name", "middle_name", "snils")
    __search_index__ = True
    __keys__ = MappingProxyType({"person_key": (("last_name", "first_name"), values.person_key)})

    last_name: Mapped[str] = field("Фамилия", String(60), nullable=False, normalise=normalise_name)
    first_name: Mapped[str] = field("Имя", String(60), nullable=False, normalise=normalise_name)
    middle_name: Mapped[str | None] = field(
        "Отчество", String(60), normalise=normalise_middle_name, help="Если есть по документу"
    )
    snils: Mapped[str | None] = field(
        "СНИЛС", String(14), normalise=values.normalise_snils, mask="snils", help="Например, 112-233-445 95"
    )

    person_key: Mapped[str] = field("Имя для сравнения", String(121), nullable=False, default="")

    @labelled("ФИО", "last_name", "first_name", "middle_name")
    def full_name(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.middle_name) if part)

    @property
    def caption(self) -> str:
        return self.full_name

    @property
    def short_name(self) -> str:
        return short_name(self.last_name, self.first_name, self.middle_name)


def account_of(kind: str) -> Any:
    """Written over the models of accounts, which are written over this one. Told to whoever sees accounts."""

    def told(card: Any, day: date) -> Any:
        from app.models.accounts import uses

        return uses.account_of(card, kind)

    def over() -> tuple[Any, ...]:
        from app.models.accounts import Account, AccountPerson

        return Account, AccountPerson

    return computed("Учётная запись", kinds.CHOICE, told, over=over)


class PupilStatus(Choice):
    NEW = "new", "не зачислен", "orange"
    ENROLLED = "enrolled", "обучается", "green"
    DEPARTED = "departed", "выбыл", "gray"
    GRADUATED = "graduated", "окончил школу", "blue"


def _on_day() -> Any:
    """Written over the models of movement, which are written over this one."""
    from app.models.movement import on_day

    return on_day


def told_by() -> tuple[Any, ...]:
    """The models whose rows tell where a pupil is."""
    found: tuple[Any, ...] = _on_day().TOLD_BY
    return found


def members_of(class_id: Any, day: Any) -> Any:
    """How many of those whom the reader sees are in a class on a day."""
    return _on_day().members_of(class_id, day)


def pupils_in(class_ids: Any, day: Any) -> Select[Any]:
    """The numbers of the pupils who are in these classes, or in one, on a day."""
    found: Select[Any] = _on_day().pupils_in(class_ids, day)
    return found


def _told(label: str, kind: kinds.Kind, function: str, part: str, **more: Any) -> Any:
    """What the history of classes tells of a pupil on a day, past the guard: by a function of `on_day`, and for a card
    at hand by a part of what it keeps."""

    def here(pupil: Any, day: date) -> list[Any]:
        from app.models.movement.keeping import kept_on

        found = kept_on(pupil, day)
        return [] if found is None else [getattr(found, part)]

    return computed(label, kind, lambda m, day: getattr(_on_day(), function)(m, day), past=told_by, here=here, **more)


class Pupil(Person, Record):
    """The card of a pupil in one school. His class and status are those of the day that is asked about: they follow
    from the history of classes (`app/models/movement/on_day.py`). What the card keeps of it (`keeping.py`) holds from
    day to day, and nobody writes it by hand."""

    __tablename__ = "pupil"
    __titles__ = ("Обучающийся", "Обучающиеся")
    __rights__ = (Resource.PUPILS, Resource.PUPILS_BRIEF)
    __search__ = ("last_name", "first_name", "middle_name", "personal_file", "snils", "phone")
    __path__ = Path(
        scopes={
            Scope.OWN_CLASS: lambda m, who: m.id.in_(pupils_in(who.class_ids, who.day)),
            Scope.OWN: lambda m, who: m.id.in_(who.pupil_ids),
        }
    )
    __table_args__ = (
        *(
            ForeignKeyConstraint([key, "school_id"], ["school_class.id", "school_class.school_id"])
            for key in ("kept_class_id", "next_class_id")
        ),
        UniqueConstraint("id", "school_id"),
        UniqueConstraint("school_id", "snils", info=SNILS_TAKEN),
        Index("ix_pupil_school_search_text", "school_id", "search_text", "id"),
        Index("ix_pupil_search_text", "search_text", "id"),
        # The same person in the school or elsewhere (app/services/people/twins.py).
        Index("ix_pupil_person_key", "person_key", "birth_date"),
        Index("ix_pupil_snils", "snils"),
        Index("ix_pupil_birth_certificate", "birth_certificate"),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False)
    birth_date: Mapped[date] = field("Дата рождения", Date, nullable=False, info={"check": values.check_birth_date})
    sex: Mapped[Sex | None] = field("Пол", choice_type(Sex))
    personal_file: Mapped[str | None] = field("№ личного дела", String(30), help="Например, С/41")
    birth_certificate: Mapped[str | None] = field(
        "Свидетельство о рождении",
        String(30),
        normalise=values.normalise_birth_certificate,
        help="Например, I-ФС № 512345",
    )
    foreign_document: Mapped[str | None] = field(
        "Иностранный документ о рождении",
        String(200),
        normalise=values.normalise_foreign_certificate,
        help="Если свидетельство выдано не в России",
    )
    address: Mapped[str | None] = field("Адрес", String(300))
    phone: Mapped[str | None] = field("Телефон", String(25), normalise=values.normalise_phone, mask="phone")
    email: Mapped[str | None] = field("Электронная почта", String(200), normalise=values.normalise_email, kind="email")

    age = computed(
        "Возраст, лет", kinds.INTEGER, lambda m, today: full_years(m.birth_date, today), shows=("birth_date",)
    )

    @labelled("Родители и телефоны", "guardianships")
    def family_phones(self) -> str:
        """Who answers for the pupil and how to call them: told by the list to whom may read the parents."""
        return ""

    kept_status: Mapped[PupilStatus] = field(
        "Состояние", choice_type(PupilStatus), nullable=False, default=PupilStatus.NEW
    )
    kept_class_id: Mapped[int | None] = field("Класс", Integer)
    kept_since: Mapped[date | None] = field("Состояние с", Date)
    turns_on: Mapped[date | None] = field("Изменится", Date)
    next_status: Mapped[PupilStatus | None] = field("Следующее состояние", choice_type(PupilStatus, "nextstatus"))
    next_class_id: Mapped[int | None] = field("Следующий класс", Integer)
    then_on: Mapped[date | None] = field("Изменится снова", Date)

    status = _told("Состояние", kinds.CHOICE, "status_of", "status")
    status_since = _told("Состояние с", kinds.DATE, "since_of", "since")
    class_id = _told(
        "Класс",
        kinds.INTEGER,
        "class_of",
        "class_id",
        among=lambda m, day, keys: m.id.in_(_on_day().pupils_in(keys, day)),
    )

    account = account_of("pupil")

    school: Mapped[School] = relationship(info={"label": "Школа"})
    school_class: Mapped["SchoolClass | None"] = relationship(  # noqa: F821 - app.models.study
        primaryjoin=lambda: _on_day().leads_to_class(Pupil),
        viewonly=True,
        info={"label": "Класс", "by_day": "class_id"},
    )
    guardianships: Mapped[list["Guardianship"]] = referring("Guardianship.pupil_id", "Родители", back_populates="pupil")


class Parent(Person, Record):
    """The card of a parent or another legal representative, in one school."""

    __tablename__ = "parent"
    __titles__ = ("Родитель", "Родители")
    __rights__ = (Resource.PARENTS, Resource.PARENTS_BRIEF)
    __search__ = ("last_name", "first_name", "middle_name", "snils", "phone")
    __path__ = Path(
        scopes={
            Scope.OWN_CLASS: lambda m, who: m.id.in_(
                select(Guardianship.__table__.c.parent_id).where(
                    Guardianship.__table__.c.pupil_id.in_(pupils_in(who.class_ids, who.day))
                )
            ),
            Scope.OWN: lambda m, who: m.id.in_(who.parent_ids),
        }
    )
    __table_args__ = (
        UniqueConstraint("id", "school_id"),
        UniqueConstraint("school_id", "snils", info=SNILS_TAKEN),
        Index("ix_parent_school_search_text", "school_id", "search_text", "id"),
        Index("ix_parent_search_text", "search_text", "id"),
        # The same person in the school or elsewhere (app/services/people/twins.py).
        Index("ix_parent_person_key", "person_key", "birth_date"),
        Index("ix_parent_snils", "snils"),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False)
    birth_date: Mapped[date | None] = field("Дата рождения", Date, info={"check": values.check_birth_date})
    phone: Mapped[str | None] = field("Телефон", String(25), normalise=values.normalise_phone, mask="phone")
    email: Mapped[str | None] = field("Электронная почта", String(200), normalise=values.normalise_email, kind="email")
    address: Mapped[str | None] = field("Адрес", String(300))
    workplace: Mapped[str | None] = field("Место работы", String(200))

    account = account_of("parent")

    school: Mapped[School] = relationship(info={"label": "Школа"})
    guardianships: Mapped[list["Guardianship"]] = referring("Guardianship.parent_id", "Дети", back_populates="parent")


class Relation(Choice):
    MOTHER = "mother", "мать"
    FATHER = "father", "отец"
    GUARDIAN = "guardian", "опекун"
    TRUSTEE = "trustee", "попечитель"
    OTHER = "other", "иной законный представитель"


class Guardianship(Record):
    """Whose parent somebody is."""

    __tablename__ = "guardianship"
    __titles__ = ("Законное представительство", "Законное представительство")
    __rights__ = (Resource.PARENTS,)
    __links__ = frozenset({"pupil", "parent"})
    __path__ = Path(
        scopes={
            Scope.OWN_CLASS: lambda m, who: m.pupil_id.in_(pupils_in(who.class_ids, who.day)),
            Scope.OWN: lambda m, who: m.parent_id.in_(who.parent_ids),
        }
    )
    __table_args__ = (UniqueConstraint("pupil_id", "parent_id"),)

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False, index=True)
    pupil_id: Mapped[int] = field("Обучающийся", Integer, nullable=False)
    parent_id: Mapped[int] = field("Родитель", Integer, nullable=False, index=True)
    relation: Mapped[Relation] = field("Кем приходится", choice_type(Relation), nullable=False)
    lives_with: Mapped[bool | None] = field("Проживает с ребёнком", Boolean)

    pupil: Mapped[Pupil] = reference("pupil_id", "pupil", back_populates="guardianships")
    parent: Mapped[Parent] = reference("parent_id", "parent", back_populates="guardianships")

    @property
    def caption(self) -> str:
        return self.relation.title_ru


class Employee(Person, Record):
    """The card of an employee of a school."""

    __tablename__ = "employee"
    __titles__ = ("Сотрудник", "Сотрудники")
    __rights__ = (Resource.EMPLOYEES, Resource.EMPLOYEES_BRIEF)
    __search__ = ("last_name", "first_name", "middle_name", "snils", "phone")
    __path__ = Path(scopes={Scope.OWN: lambda m, who: m.id.in_(who.employee_ids)})
    __table_args__ = (
        UniqueConstraint("id", "school_id"),
        UniqueConstraint("school_id", "snils", info=SNILS_TAKEN),
        check(
            "dismissed_on IS NULL OR dismissed_on >= hired_on",
            "dismissed_on",
            field="dismissed_on",
            words="Увольнение раньше приёма.",
        ),
        Index("ix_employee_school_search_text", "school_id", "search_text", "id"),
        Index("ix_employee_search_text", "search_text", "id"),
        # The same person in the school or elsewhere (app/services/people/twins.py).
        Index("ix_employee_person_key", "person_key", "birth_date"),
        Index("ix_employee_snils", "snils"),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False)
    position_id: Mapped[int | None] = field("Должность", Integer)
    birth_date: Mapped[date | None] = field("Дата рождения", Date, info={"check": values.check_birth_date})
    inn: Mapped[str | None] = field("ИНН", String(12), normalise=values.normalise_inn_person, help="12 цифр")
    phone: Mapped[str | None] = field("Телефон", String(25), normalise=values.normalise_phone, mask="phone")
    email: Mapped[str | None] = field("Электронная почта", String(200), normalise=values.normalise_email, kind="email")
    hired_on: Mapped[date] = field("Принят на работу", Date, nullable=False, info={"check": values.check_coming_date})
    hiring_order: Mapped[str | None] = field("№ приказа о приёме", String(30))
    hiring_order_date: Mapped[date | None] = field(
        "Дата приказа о приёме", Date, info={"check": values.check_document_date}
    )
    dismissed_on: Mapped[date | None] = field(
        "Уволен", Date, help="Последний рабочий день", info={"check": values.check_coming_date}
    )

    account = account_of("employee")

    school: Mapped[School] = relationship(info={"label": "Школа"})
    position: Mapped[Position | None] = reference("position_id", "position", shared=())
