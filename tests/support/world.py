"""A small region that every test knows: two municipalities, three schools, one account of each role."""

from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.accounts.officials import Official
from app.models.calendars import RegionCalendarDay, SchoolCalendarDay
from app.models.directories.people import Position
from app.models.monitoring.starts import SchoolStart
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.models.people import Employee, Guardianship, Parent, Pupil, Relation
from app.models.schools import GradeWeek, School, SchoolSettings
from app.models.study import AcademicYear, ClassLeader, PeriodKind, SchoolClass, StudyPeriod
from app.models.territory import Municipality, MunicipalityCode, Region
from app.regulation.rights import OPERATOR_ROLE

PASSWORD = "синий кит плывёт"
# A cheap hash of the password above: tests sign in hundreds of times.
CHEAP_METHOD = "pbkdf2:sha256:1"
CHEAP_ARGON2 = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
TODAY = date(2026, 3, 2)
STAFF = ("director", "administrator", "deputy", "secretary", "hr", "teacher", "psychologist", "technical", "medical")
QUARTERS = (((9, 1), (10, 26)), ((11, 5), (12, 30)), ((1, 12), (3, 27)), ((4, 6), (5, 26)))


@dataclass
class World:
    """Numbers of the records, by name; objects would outlive their session."""

    schools: dict[str, int] = attribute(default_factory=dict)
    municipalities: dict[str, int] = attribute(default_factory=dict)
    years: dict[tuple[str, int], int] = attribute(default_factory=dict)
    classes: dict[tuple[str, int, str], int] = attribute(default_factory=dict)
    pupils: dict[tuple[str, str], int] = attribute(default_factory=dict)
    parents: dict[str, int] = attribute(default_factory=dict)
    employees: dict[tuple[str, str], int] = attribute(default_factory=dict)
    officials: dict[str, int] = attribute(default_factory=dict)
    """By the login of the account."""
    accounts: dict[str, int] = attribute(default_factory=dict)
    rows: dict[str, dict[str, int]] = attribute(default_factory=dict)
    """Table → school code → one row of it."""

    def account(self, login: str) -> int:
        return self.accounts[login]


def build(session: Session, password_hash: str) -> World:
    """Fill an empty migrated database. The caller acts as the system and commits."""
    world = World()
    region = _add(session, Region(name="Сахалинская область", authority="Министерство образования"))
    for name, code in (("Холмский городской округ", "64754000"), ("Город Южно-Сахалинск", "64701000")):
        municipality = _add(session, Municipality(region=region, name=name, authority=f"УО: {name}"))
        _add(session, MunicipalityCode(municipality=municipality, oktmo=code, valid_from=date(2014, 1, 1)))
        world.municipalities[code] = municipality.id
    for code, name, municipality, week in (
        ("65001", "МБОУ СОШ № 1 г. Холмска", "64754000", 5),
        ("65002", "МБОУ СОШ с. Правда", "64754000", 6),
        ("65003", "МАОУ Гимназия № 2", "64701000", 5),
    ):
        _school(session, world, code, name, municipality, week)
    _above_schools(session, world, password_hash)
    for code in world.schools:
        _people(session, world, code, password_hash)
    _add(
        session,
        RegionCalendarDay(
            region=region,
            day=date(2026, 9, 3),
            is_working=False,
            act="Указ",
            act_number="1",
            act_date=date(2026, 8, 1),
        ),
    )
    return world


def _add(session: Session, obj: Any) -> Any:
    session.add(obj)
    session.flush()
    return obj


def _keep(world: World, code: str, obj: Any) -> Any:
    world.rows.setdefault(obj.__tablename__, {}).setdefault(code, obj.id)
    return obj


def _school(session: Session, world: World, code: str, name: str, municipality: str, week: int) -> None:
    school = School(
        municipality_id=world.municipalities[municipality], code=code, name=name, full_name=f"{name} (полное)"
    )
    world.schools[code] = _keep(world, code, _add(session, school)).id
    settings = SchoolSettings(school=school, work_week=week, valid_from=date(2015, 1, 1))
    settings.grade_weeks = [GradeWeek(school_id=school.id, grade_from=1, grade_to=4, work_week=5)]
    _keep(world, code, _add(session, settings))
    _keep(world, code, settings.grade_weeks[0])
    start = SchoolStart(school=school, since=date(2024, 9, 1), act_number="3", act_date=date(2024, 8, 1))
    _keep(world, code, _add(session, start))
    closed = SchoolCalendarDay(school=school, day=date(2026, 2, 20), is_working=False, act="Приказ школы")
    closed.act_number, closed.act_date = "5", date(2026, 2, 12)
    _keep(world, code, _add(session, closed))
    for start in (2024, 2025, 2026):
        year = AcademicYear(
            school=school, start_year=start, starts_on=date(start, 9, 1), ends_on=date(start + 1, 8, 31)
        )
        world.years[(code, start)] = _keep(world, code, _add(session, year)).id
        for number, (first, last) in enumerate(QUARTERS, start=1):
            period = StudyPeriod(school_id=school.id, academic_year=year, kind=PeriodKind.QUARTER, number=number)
            period.starts_on = date(start + (first[0] < 9), *first)
            period.ends_on = date(start + (last[0] < 9), *last)
            _keep(world, code, _add(session, period))
        for grade in range(1, 12):
            for letter in "АБ":
                one = SchoolClass(school=school, academic_year=year, grade=grade, letter=letter)
                world.classes[(code, start, f"{grade}{letter}")] = _keep(world, code, _add(session, one)).id


def _people(session: Session, world: World, code: str, password_hash: str) -> None:
    school_id = world.schools[code]
    position = _keep(world, code, _add(session, Position(school_id=school_id, title="Учитель")))
    for number, role in enumerate(STAFF):
        employee = Employee(
            school_id=school_id, last_name="Сотрудников", first_name=f"{NAMES[number]}", position=position
        )
        employee.hired_on = date(2015, 8, 25)
        world.employees[(code, role)] = _keep(world, code, _add(session, employee)).id
        account = _account(session, world, f"{role}.{code}", employee, password_hash, school_id=school_id)
        owner = AccountPerson(school_id=school_id, account=account, employee=employee)
        _keep(world, code, _add(session, owner))
        _keep(world, code, _add(session, _appointment(account, role, school_id=school_id)))
    led = session.get(SchoolClass, world.classes[(code, 2025, "5А")])
    led.class_teacher_id = world.employees[(code, "teacher")]
    last_year = world.classes[(code, 2024, "5Б")]
    stood_in = ClassLeader(school_id=school_id, class_id=last_year, employee_id=world.employees[(code, "deputy")])
    stood_in.valid_from, stood_in.valid_to = date(2024, 11, 5), date(2024, 11, 29)
    _keep(world, code, _add(session, stood_in))
    for last, first, grade in PUPILS:
        _pupil(session, world, code, last, first, grade)
    _family(session, world, code, password_hash)


def _pupil(session: Session, world: World, code: str, last: str, first: str, grade: str) -> Pupil:
    # Of one name in every school, but nobody studies in two.
    born = date(2018 - int(grade[:-1]), 4, 11 + list(world.schools).index(code))
    pupil = Pupil(school_id=world.schools[code], last_name=last, first_name=first, birth_date=born)
    world.pupils[(code, last)] = _keep(world, code, _add(session, pupil)).id
    led = session.get(SchoolClass, world.classes[(code, 2025, grade)])
    membership = ClassMembership(school_id=pupil.school_id, pupil=pupil, school_class=led, starts_on=date(2025, 9, 1))
    membership.is_initial = not grade.startswith("10")
    """Of grade 10 the order is owed: it stood before the year, after the start."""
    YearOutcome.begin(membership)
    _keep(world, code, _add(session, membership))
    _keep(world, code, membership.year_outcome)
    return pupil


def _family(session: Session, world: World, code: str, password_hash: str) -> None:
    """The first pupil (of 5А) has a mother; both have accounts."""
    school_id, child_id = world.schools[code], world.pupils[(code, PUPILS[0][0])]
    mother = Parent(school_id=school_id, last_name="Сергеева", first_name="Ольга", phone="+7 914 000-00-01")
    world.parents[code] = _keep(world, code, _add(session, mother)).id
    kin = Guardianship(school_id=school_id, pupil_id=child_id, parent=mother, relation=Relation.MOTHER)
    _keep(world, code, _add(session, kin))
    child = session.get(Pupil, child_id)
    for role, person, key in (("student", child, {"pupil_id": child_id}), ("parent", mother, {"parent_id": mother.id})):
        account = _account(session, world, f"{role}.{code}", person, password_hash, school_id=school_id)
        _add(session, AccountPerson(school_id=school_id, account=account, **key))


def _above_schools(session: Session, world: World, password_hash: str) -> None:
    for code, municipality_id in world.municipalities.items():
        account = _account(
            session, world, f"municipal.{code}", "Куратор", password_hash, municipality_id=municipality_id
        )
        _official(session, world, account, municipality_id=municipality_id)
        _add(session, _appointment(account, "municipal", municipality_id=municipality_id))
    account = _account(session, world, "regional", "Специалист", password_hash)
    _official(session, world, account)
    _add(session, _appointment(account, "regional"))
    operator = _account(session, world, "operator", "Оператор", password_hash)
    operator.roles = [session.scalar(select(_role()).where(_role().name == OPERATOR_ROLE))]
    _account(session, world, "nobody", "Никто", password_hash)


def _official(session: Session, world: World, account: Account, **where: int) -> None:
    """The card of somebody of an authority, and that the account is his."""
    card = Official(last_name=account.last_name, first_name=account.first_name, hired_on=date(2015, 8, 25), **where)
    card.position, card.phone = "Главный специалист", "+7 900 001-00-01"
    world.officials[account.username] = _add(session, card).id
    _add(session, AccountPerson(account=account, official=card))


def _role() -> Any:
    from flask_appbuilder.security.sqla.models import Role

    return Role


def _account(session: Session, world: World, login: str, owner: Any, password_hash: str, **home: int) -> Account:
    """Of a person with a card, or of somebody who has none and only a surname."""
    last, first = (owner, "Имя") if isinstance(owner, str) else (owner.last_name, owner.first_name)
    account = Account(username=login, last_name=last, first_name=first, email=f"{login}@test.invalid", active=True)
    account.password, account.session_key, account.must_change_password = password_hash, f"key-{login}", False
    for name, value in home.items():
        setattr(account, name, value)
    world.accounts[login] = _add(session, account).id
    if "school_id" in home:
        code = next(code for code, school_id in world.schools.items() if school_id == home["school_id"])
        _keep(world, code, account)
    return account


def _appointment(account: Account, role: str, **where: int) -> Appointment:
    day = date(2025, 8, 25)
    return Appointment(account=account, role=role, order_number="12", order_date=day, valid_from=day, **where)


NAMES = ("Анна", "Борис", "Вера", "Галина", "Дмитрий", "Елена", "Жанна", "Захар", "Ирина")
PUPILS = (
    ("Сергеева", "Алёна", "5А"),
    ("Иванов", "Пётр", "5А"),
    ("Белых", "Тимур", "5Б"),
    ("Ким", "Александр", "9А"),
    ("Вдовина", "Мария", "11А"),
    ("Абрамов", "Лев", "10А"),
    ("Попов", "Егор", "1А"),
)
LOGINS = SimpleNamespace(
    secretary="secretary.65001",
    deputy="deputy.65001",
    teacher="teacher.65001",
    parent="parent.65001",
    municipal="municipal.64754000",
)
