"""The school year of a school, its study periods and its classes (3.3.3.2)."""

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    ForeignKey,
    Integer,
    Select,
    String,
    UniqueConstraint,
    case,
    exists,
    func,
    inspect,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Mapped, foreign, relationship, remote

from app.choices import Choice
from app.models import kinds, values
from app.models.base import Path, Record, Searchable, check, choice_type, field, labelled
from app.models.computed import computed
from app.models.dated import Dated
from app.models.leading import local_day
from app.models.people import Employee, Pupil, members_of, told_by
from app.models.references import named, reference, referring
from app.models.rows import ChildRows
from app.models.schools import School
from app.regulation.rights import Resource, Scope
from app.russian import format_date, school_year

GRADES = tuple(range(1, 12))
CLASS_NAME = re.compile("(?:1[01]|[1-9])[а-я]{1,3}")
"""«8а»: the name of a class as a search has it, in small letters without quotes."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Numbers of school years; the CHECK of the table has them too."""
DATES_OF_THE_NUMBER = (
    "Учебный год начинается в году своего номера с 1 сентября и заканчивается в следующем до 31 августа."
)


def _current(today: date) -> int:
    """The number of the school year that goes on: the CHECK of the dates says that none begins before 1 September."""
    return today.year if today >= date(today.year, 9, 1) else today.year - 1


def _nearness(year: Any, today: date) -> ColumnElement[int]:
    """Greatest for the school year that goes on, then for the ones before it; those to come stand last."""
    return case((year.start_year > _current(today), -year.start_year), else_=year.start_year)


class AcademicYear(Record):
    """A school year of one school. The year 2025 is the year 2025/26."""

    __tablename__ = "academic_year"
    __titles__ = ("Учебный год", "Учебные годы")
    __rights__ = (Resource.ACADEMIC_YEARS,)
    __rows__ = (
        ChildRows(
            lambda: StudyPeriod,
            "academic_year",
            ("kind", "number", "starts_on", "ends_on", "grade_from", "grade_to"),
            add_label="Период",
            most=50,
        ),
    )
    __table_args__ = (
        UniqueConstraint("school_id", "start_year"),
        UniqueConstraint("id", "school_id"),
        check("ends_on > starts_on", "period", field="ends_on", words="Окончание не позже начала."),
        check(
            "start_year BETWEEN 2000 AND 2100", "start_year", field="start_year", words="Год начала – от 2000 до 2100."
        ),
        check(
            "starts_on BETWEEN start_year || '-09-01' AND start_year || '-12-31'"
            " AND ends_on BETWEEN (start_year + 1) || '-01-01' AND (start_year + 1) || '-08-31'",
            "dates",
            field="starts_on",
            words=DATES_OF_THE_NUMBER,
        ).ddl_if(dialect="sqlite"),
        check(
            "EXTRACT(YEAR FROM starts_on) = start_year AND EXTRACT(MONTH FROM starts_on) >= 9"
            " AND EXTRACT(YEAR FROM ends_on) - 1 = start_year AND EXTRACT(MONTH FROM ends_on) <= 8",
            "dates",
            field="starts_on",
            words=DATES_OF_THE_NUMBER,
        ).ddl_if(dialect="postgresql"),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False)
    start_year: Mapped[int] = field("Год начала", Integer, nullable=False, help="2025 – это 2025/26 учебный год")
    starts_on: Mapped[date] = field("Начало", Date, nullable=False)
    ends_on: Mapped[date] = field("Окончание", Date, nullable=False)

    nearness = computed("Очерёдность", kinds.INTEGER, _nearness, shows=("start_year",))

    school: Mapped[School] = relationship(info={"label": "Школа"})
    periods: Mapped[list["StudyPeriod"]] = referring(
        "StudyPeriod.academic_year_id",
        "Учебные периоды",
        back_populates="academic_year",
        order_by="StudyPeriod.starts_on",
        cascade="all, delete-orphan",
    )

    @labelled("Учебный год")
    def caption(self) -> str:
        return school_year(self.start_year)


class PeriodKind(Choice):
    QUARTER = "quarter", "Четверть"
    TRIMESTER = "trimester", "Триместр"
    HALF_YEAR = "half_year", "Полугодие"

    @property
    def most(self) -> int:
        """How many of the kind a school year has."""
        return {PeriodKind.QUARTER: 4, PeriodKind.TRIMESTER: 3, PeriodKind.HALF_YEAR: 2}[self]


class StudyPeriod(Record):
    """A quarter, trimester or half-year, of all grades or of some. The last day of a grade's last one opens the
    year-end orders on its pupils.

    Those of a kind and of one grade do not meet and lie within their year (app/services/study.py; PostgreSQL:
    `ex_study_period_period`).
    """

    __tablename__ = "study_period"
    __titles__ = ("Учебный период", "Учебные периоды")
    __rights__ = (Resource.ACADEMIC_YEARS,)
    __table_args__ = (
        # A number stands again for grades that end it on another day; that no grade has it twice the service sees to.
        UniqueConstraint("academic_year_id", "grade_from", "kind", "number"),
        check("ends_on > starts_on", "period", field="ends_on", words="Окончание не позже начала."),
        check(
            "grade_from BETWEEN 1 AND 11 AND grade_to BETWEEN 1 AND 11",
            "grades",
            field="grade_from",
            words="Классы – от 1 до 11.",
        ),
        check(
            "grade_from IS NULL OR grade_to IS NULL OR grade_from <= grade_to",
            "grades_order",
            field="grade_to",
            words="«По класс» меньше, чем «с класса».",
        ),
        check(
            "number BETWEEN 1 AND CASE kind WHEN 'quarter' THEN 4 WHEN 'trimester' THEN 3 ELSE 2 END",
            "number",
            field="number",
            words="Номер – от 1 до 4 у четверти, до 3 у триместра, до 2 у полугодия.",
        ),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False, index=True)
    academic_year_id: Mapped[int] = field("Учебный год", Integer, nullable=False)
    kind: Mapped[PeriodKind] = field("Вид", choice_type(PeriodKind), nullable=False)
    number: Mapped[int] = field("Номер", Integer, nullable=False)
    starts_on: Mapped[date] = field("Начало", Date, nullable=False)
    ends_on: Mapped[date] = field("Окончание", Date, nullable=False)
    grade_from: Mapped[int | None] = field(
        "С класса", Integer, help="Если период не у всех классов: у 9 и 11 последний кончается раньше"
    )
    grade_to: Mapped[int | None] = field("По класс", Integer)

    academic_year: Mapped[AcademicYear] = reference("academic_year_id", "academic_year", back_populates="periods")

    @labelled("Период", "kind", "number", "grade_from", "grade_to")
    def caption(self) -> str:
        return f"{self.number} {self.kind.title_ru.lower()}{grades_text(self.grade_from, self.grade_to)}"


def grades_text(first: int | None, last: int | None) -> str:
    """« (9 кл.)», « (1–8 кл.)»; of all grades nothing."""
    if first is None and last is None:
        return ""
    least, most = first or GRADES[0], last or GRADES[-1]
    return f" ({least if least == most else f'{least}–{most}'} кл.)"


class ClassLeader(Dated, Record):
    """Who leads a class in place of its class teacher, from a day to a day; without an end for good (3.3.3.2)."""

    __tablename__ = "class_leader"
    __titles__ = ("Замена классного руководителя", "Замены классных руководителей")
    __rights__ = (Resource.CLASSES,)
    __one_of__ = ("class_id",)
    __path__ = Path(scopes=dict.fromkeys((Scope.OWN, Scope.OWN_CLASS), lambda m, who: m.class_id.in_(who.class_ids)))
    __table_args__ = (
        check(
            "valid_to IS NULL OR valid_to >= valid_from", "period", field="valid_to", words="Окончание раньше начала."
        ),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False, index=True)
    class_id: Mapped[int] = field("Класс", Integer, nullable=False, index=True)
    employee_id: Mapped[int] = field("Классный руководитель", Integer, nullable=False, index=True)

    school_class: Mapped["SchoolClass"] = reference("class_id", "school_class", back_populates="leaders")
    employee: Mapped[Employee] = reference("employee_id", "employee")

    @labelled("Замена классного руководителя", "employee")
    def caption(self) -> str:
        return f"{named(self, 'employee') or ''} с {format_date(self.valid_from)}"


def leader_of(school_class: Any, day: Any) -> ColumnElement[int]:
    """The number of who leads a class on a day: who replaces its class teacher then, else that one."""
    row = ClassLeader.__table__.alias()
    instead = (
        select(row.c.employee_id)
        .where(row.c.class_id == school_class.id, row.c.valid_from <= day, _lasts(row.c.valid_to, day))
        .order_by(row.c.valid_from.desc())
        .limit(1)
        .correlate_except(row)
        .scalar_subquery()
    )
    return type_coerce(func.coalesce(instead, school_class.class_teacher_id), Integer())


def led_by(employees: Select[Any], day: Any) -> CompoundSelect[Any]:
    """(employee_id, class_id): the classes that these employees lead on a day."""
    row, one = ClassLeader.__table__.alias(), SchoolClass.__table__.alias()
    holds = row.c.valid_from <= day, _lasts(row.c.valid_to, day)
    replaced = exists().where(row.c.class_id == one.c.id, *holds).correlate_except(row)
    own = select(one.c.class_teacher_id.label("employee_id"), one.c.id.label("class_id"))
    return union_all(
        own.where(one.c.class_teacher_id.in_(employees), ~replaced),
        select(row.c.employee_id, row.c.class_id).where(row.c.employee_id.in_(employees), *holds),
    )


def _lasts(until: ColumnElement[Any], day: Any) -> ColumnElement[bool]:
    return or_(until.is_(None), until >= day)


def _leads_to_leader(school_class: Any) -> ColumnElement[bool]:
    """For the relation to who leads on the actor's day."""
    columns = dict(inspect(school_class).columns.items())
    columns["class_teacher_id"] = foreign(columns["class_teacher_id"])
    return leader_of(SimpleNamespace(**columns), local_day()) == remote(Employee.__table__.c.id)


class SchoolClass(Searchable, Record):
    """A class: «постоянная в пределах учебного года группа обучающихся» (2.1)."""

    __tablename__ = "school_class"
    __titles__ = ("Класс", "Классы")
    __rights__ = (Resource.CLASSES, Resource.CLASSES_BRIEF)
    __search__ = ("grade", "letter", "name_key")
    __path__ = Path(scopes=dict.fromkeys((Scope.OWN, Scope.OWN_CLASS), lambda m, who: m.id.in_(who.class_ids)))
    __rows__ = (
        ChildRows(
            lambda: ClassLeader,
            "school_class",
            ("employee", "valid_from", "valid_to"),
            add_label="Замена",
            most=20,
        ),
    )
    __table_args__ = (
        UniqueConstraint("academic_year_id", "grade", "letter"),
        UniqueConstraint("id", "school_id"),
        check("grade BETWEEN 1 AND 11", "grade", field="grade", words="Класс – от 1 до 11."),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False, index=True)
    academic_year_id: Mapped[int] = field("Учебный год", Integer, nullable=False)
    grade: Mapped[int] = field("Параллель", Integer, nullable=False, help="От 1 до 11")
    letter: Mapped[str] = field(
        "Литера",
        String(3),
        nullable=False,
        normalise=values.normalise_class_letter,
        help="Буква класса, например А",
        info={"agrees": ("grade", values.agree_with_grade)},
    )
    class_teacher_id: Mapped[int | None] = field(
        "Классный руководитель", Integer, index=True, help="С начала года; кто заменил его и с какого дня – в заменах"
    )

    academic_year: Mapped[AcademicYear] = reference("academic_year_id", "academic_year")
    school: Mapped[School] = relationship(info={"label": "Школа"})
    class_teacher: Mapped[Employee | None] = reference("class_teacher_id", "employee")
    leaders: Mapped[list[ClassLeader]] = referring(
        "ClassLeader.class_id",
        "Замены классного руководителя",
        back_populates="school_class",
        order_by="ClassLeader.valid_from",
        cascade="all, delete-orphan",
    )
    leader: Mapped[Employee | None] = relationship(
        primaryjoin=lambda: _leads_to_leader(SchoolClass),
        viewonly=True,
        info={"label": "Классный руководитель", "by_day": "leader_id"},
    )
    """Who leads the class on the actor's day."""
    leader_id = computed("Номер руководителя", kinds.INTEGER, leader_of, past=lambda: (ClassLeader,))

    pupils_now = computed(
        "Обучающихся",
        kinds.INTEGER,
        lambda m, today: members_of(m.id, today),
        over=lambda: (Pupil, told_by()[0]),
        past=lambda: told_by()[1:],
    )

    @labelled("Класс", "grade", "letter")
    def name_key(self) -> str:
        return f"{self.grade}{self.letter}"

    @labelled("Класс", "grade", "letter")
    def caption(self) -> str:
        return f"{self.grade}\u00a0«{self.letter}»"
