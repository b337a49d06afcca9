"""A school: its card (digital profile, 2.1), its settings and its own changes of the rights of roles (3.3.2.2)."""

from datetime import date, datetime
from enum import IntEnum

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, UniqueConstraint, column
from sqlalchemy.orm import Mapped, relationship

from app.models import papers, values
from app.models.base import Instant, Path, Record, Searchable, check, field, labelled
from app.models.dated import Dated
from app.models.references import named, reference, referring
from app.models.rows import ChildRows
from app.models.territory import Municipality
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.russian import format_date


class School(Searchable, Record):
    """The card of a school."""

    __tablename__ = "school"
    __titles__ = ("Школа", "Школы")
    __rights__ = (Resource.SCHOOL, Resource.SCHOOL_BRIEF)
    __path__ = Path(school="id")
    __search__ = ("name", "full_name", "code", "inn")

    municipality_id: Mapped[int] = field("Муниципалитет", ForeignKey("municipality.id"), nullable=False, index=True)
    code: Mapped[str] = field(
        "Код школы", String(20), nullable=False, unique=True, normalise=values.normalise_school_code
    )
    name: Mapped[str] = field("Краткое наименование", String(200), nullable=False)
    full_name: Mapped[str] = field("Полное наименование", String(500), nullable=False)
    inn: Mapped[str | None] = field("ИНН", String(10), normalise=values.normalise_inn_organisation, help="10 цифр")
    kpp: Mapped[str | None] = field("КПП", String(9), normalise=values.normalise_kpp, help="9 знаков")
    ogrn: Mapped[str | None] = field("ОГРН", String(13), normalise=values.normalise_ogrn, help="13 цифр")
    address: Mapped[str | None] = field("Адрес", String(500))
    phone: Mapped[str | None] = field("Телефон", String(25), normalise=values.normalise_phone, mask="phone")
    email: Mapped[str | None] = field("Электронная почта", String(200), normalise=values.normalise_email, kind="email")
    director_name: Mapped[str | None] = field("Директор (ФИО)", String(200))

    municipality: Mapped[Municipality] = relationship(info={"label": "Муниципалитет"})
    settings: Mapped[list["SchoolSettings"]] = relationship(
        back_populates="school", order_by="SchoolSettings.valid_from", info={"label": "Настройки"}
    )

    @property
    def caption(self) -> str:
        return self.name


class WorkWeek(IntEnum):
    FIVE = 5
    SIX = 6


class SchoolSettings(Dated, Record):
    """What decides how the school's terms are counted, from a day to a day: the working week of the school's office,
    the weeks of its grades where they are other ones, and the local time."""

    __tablename__ = "school_settings"
    __titles__ = ("Настройки школы", "Настройки школ")
    __rights__ = (Resource.SETTINGS,)
    __one_of__ = ("school_id",)
    __rows__ = (
        ChildRows(
            lambda: GradeWeek,
            "settings",
            ("grade_from", "grade_to", "work_week"),
            add_label="Неделя классов",
            most=11,
        ),
    )
    __table_args__ = (
        UniqueConstraint("id", "school_id"),
        check("work_week IN (5, 6)", "work_week", field="work_week", words="Рабочая неделя – 5 или 6 дней."),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False, index=True)
    work_week: Mapped[int] = field(
        "Рабочая неделя, дней",
        Integer,
        nullable=False,
        default=WorkWeek.FIVE,
        help="5 или 6: неделя канцелярии школы; по ней считаются сроки приказов",
    )
    time_zone: Mapped[str] = field(
        "Часовой пояс",
        String(40),
        nullable=False,
        default="Asia/Sakhalin",
        normalise=values.normalise_time_zone,
        info={"words": lambda zone: values.RUSSIAN_ZONES.get(zone, zone)},
    )

    school: Mapped[School] = relationship(back_populates="settings", info={"label": "Школа"})
    grade_weeks: Mapped[list["GradeWeek"]] = referring(
        "GradeWeek.settings_id",
        "Недели классов",
        back_populates="settings",
        order_by="GradeWeek.grade_from",
        cascade="all, delete-orphan",
    )

    @labelled("Настройки", "school")
    def caption(self) -> str:
        school = named(self, "school")
        return f"Настройки: {school}" if school else "Настройки"


class GradeWeek(Record):
    """The school week of some grades where it is not the office's, while the settings hold: grades 1–4 study five days,
    5–11 six. What is owed for a lesson runs by the week of its class."""

    __tablename__ = "grade_week"
    __titles__ = ("Неделя классов", "Недели классов")
    __rights__ = (Resource.SETTINGS,)
    __table_args__ = (
        check("work_week IN (5, 6)", "work_week", field="work_week", words="Рабочая неделя – 5 или 6 дней."),
        check(
            "grade_from >= 1 AND grade_to <= 11 AND grade_from <= grade_to",
            "grades",
            field="grade_to",
            words="Классы – от 1 до 11, первый не больше последнего.",
        ),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False, index=True)
    settings_id: Mapped[int] = field("Настройки", Integer, nullable=False, index=True)
    grade_from: Mapped[int] = field("С класса", Integer, nullable=False)
    grade_to: Mapped[int] = field("По класс", Integer, nullable=False)
    work_week: Mapped[int] = field("Дней в неделе", Integer, nullable=False)

    settings: Mapped[SchoolSettings] = reference("settings_id", "school_settings", back_populates="grade_weeks")

    @property
    def caption(self) -> str:
        return f"{self.grade_from}–{self.grade_to} классы: {self.work_week} дней"


IN_FORCE = column("ended_at").is_(None)


def _role(code: str) -> str:
    return load_regulation().roles[code].title


def _resource(code: str) -> str:
    return load_regulation().resources[code].title


def _action(code: str) -> str:
    return Action(code).title_ru


LONGEST_NUMBER = 50


class RightChange(Record):
    """A right of a role that one school took away, or gave beyond the regulation's set. It holds until it is ended:
    what was is never rewritten, so the rows are the history of a right too."""

    __tablename__ = "right_change"
    __titles__ = ("Отступление прав", "История прав")
    __rights__ = (Resource.RIGHTS,)
    __table_args__ = (
        check(
            "NOT granted OR (basis_number IS NOT NULL AND basis_date IS NOT NULL)",
            "basis",
            field="basis_number",
            words="Право сверх Регламента дают по документу: укажите его номер и дату.",
        ),
        Index(
            "uq_right_change_in_force",
            "school_id",
            "role",
            "resource",
            "action",
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False, index=True)
    role: Mapped[str] = field("Роль", String(20), nullable=False, info={"words": _role})
    resource: Mapped[str] = field("Сведения", String(40), nullable=False, info={"words": _resource})
    action: Mapped[str] = field("Действие", String(20), nullable=False, info={"words": _action})
    granted: Mapped[bool] = field("Дано сверх Регламента", Boolean, nullable=False)
    """Otherwise the regulation gives the right and the school has taken it away."""
    basis_number: Mapped[str | None] = field(
        "№ документа-основания", String(LONGEST_NUMBER), normalise=papers.normalise_document_number
    )
    basis_date: Mapped[date | None] = field("Дата документа", Date, info={"check": values.check_document_date})
    act: Mapped[str] = field("Действие администратора", String(32), nullable=False)
    """What was changed together is undone together."""
    ended_at: Mapped[datetime | None] = field("Возвращено", Instant)
    ended_by: Mapped[str | None] = field("Кто вернул", String(200))
    ended_act: Mapped[str | None] = field("Чем возвращено", String(32))

    school: Mapped[School] = relationship(info={"label": "Школа"})

    @labelled("Что изменено")
    def kind(self) -> str:
        return "дано сверх Регламента" if self.granted else "изъято"

    @labelled("Основание")
    def basis(self) -> str:
        if not self.basis_number:
            return ""
        return f"№ {self.basis_number}" + (f" от {format_date(self.basis_date)}" if self.basis_date else "")

    @property
    def caption(self) -> str:
        return f"{_role(self.role)}: {_action(self.action)}, «{_resource(self.resource)}»"
