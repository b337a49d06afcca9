"""Who can sign in to the demo, and as what: read from the database, so that it holds after every change there."""

from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from app.demo.accounts.accounts import DEMO_MAIL, DEMO_PASSWORD
from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.schools import School
from app.models.territory import Municipality, MunicipalityCode
from app.regulation import load_regulation
from app.regulation.rights import OPERATOR_ROLE
from app.security import hashing

OPERATOR = "operator"
"""What the system's operator is called among the roles; the regulation knows no such role."""
SHOWN_FIRST = ("64754000", "64701000")
"""Municipalities of the short list: the one whose form `make demo` prints, and the region's centre."""
SHOWN_SCHOOLS = 2


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One account in one role. `school` is its code, `municipality` its ОКТМО; both are empty for the region."""

    login: str
    password: str
    role: str
    school: str | None = None
    municipality: str | None = None
    school_name: str | None = None
    municipality_name: str | None = None

    @property
    def title(self) -> str:
        return "Оператор системы" if self.role == OPERATOR else load_regulation().roles[self.role].title

    @property
    def place(self) -> str:
        return self.school_name or self.municipality_name or "регион"

    def as_json(self) -> dict[str, str | None]:
        found = asdict(self)
        return {name: found[name] for name in ("login", "password", "role", "school", "municipality")}


@cache
def _is_opened(hashed: str) -> bool:
    """Slow on purpose, and asked at each look at the login page: once for each hash."""
    return hashing.opens(DEMO_PASSWORD, hashed)


def find_logins(session: Session, today: date, every: bool = False) -> list[DemoLogin]:
    """Accounts that the demo password opens. Without `every`: one a role in two schools of two municipalities, in these
    municipalities and in the region."""
    found = sorted(_all(session, today), key=_by_place_and_role)
    return found if every else _short(found)


def _all(session: Session, today: date) -> list[DemoLogin]:
    rows = [row for statement in (_staff(today), _families(today), _operators()) for row in session.execute(statement)]
    # One hash serves all accounts of the demo; whoever has changed the password is not listed any more.
    opened = {hashed for hashed in {row.hashed for row in rows} if hashed and _is_opened(hashed)}
    return [
        DemoLogin(row.login, DEMO_PASSWORD, row.role, row.school, row.oktmo, row.school_name, row.municipality_name)
        for row in rows
        if row.hashed in opened
    ]


def _by_place_and_role(one: DemoLogin) -> tuple[str, str, int, str]:
    order = [*load_regulation().roles, OPERATOR]
    return one.municipality or "", one.school or "", order.index(one.role), one.login


def _short(found: list[DemoLogin]) -> list[DemoLogin]:
    schools = _shown_schools(found)
    first: dict[tuple[str, str | None], DemoLogin] = {}
    for one in found:
        if one.school in schools.values() or (one.school is None and one.municipality in {None, *schools}):
            first.setdefault((one.role, one.municipality), one)
    places = [*schools, None]
    return sorted(first.values(), key=lambda one: places.index(one.municipality))


def _shown_schools(found: list[DemoLogin]) -> dict[str, str]:
    """Municipality → its first school, of the municipalities shown first."""
    schools: dict[str, str] = {}
    for one in sorted(found, key=lambda one: (one.municipality not in SHOWN_FIRST, one.municipality or "")):
        if one.school and one.municipality and len(schools) < SHOWN_SCHOOLS:
            schools.setdefault(one.municipality, one.school)
    rank = [*SHOWN_FIRST, *schools]
    return dict(sorted(schools.items(), key=lambda item: rank.index(item[0])))


def _columns(role: Any) -> list[Any]:
    return [
        Account.username.label("login"),
        Account.password.label("hashed"),
        role.label("role"),
        School.code.label("school"),
        School.name.label("school_name"),
        MunicipalityCode.oktmo.label("oktmo"),
        Municipality.name.label("municipality_name"),
    ]


def _usable() -> ColumnElement[bool]:
    return and_(Account.email.like(f"%@{DEMO_MAIL}"), Account.active.is_(True), Account.closed_on.is_(None))


def _placed(statement: Select, municipality_id: Any, today: date) -> Select:
    """The municipality, with its code of that day."""
    code = MunicipalityCode
    in_force = and_(code.valid_from <= today, or_(code.valid_to.is_(None), code.valid_to >= today))
    return (
        statement.outerjoin(Municipality, Municipality.id == municipality_id)
        .outerjoin(code, and_(code.municipality_id == Municipality.id, in_force))
        .where(_usable())
    )


def _staff(today: date) -> Select:
    statement = (
        select(*_columns(Appointment.role))
        .select_from(Appointment)
        .join(Account, Account.id == Appointment.account_id)
        .outerjoin(School, School.id == Appointment.school_id)
    )
    place = func.coalesce(School.municipality_id, Appointment.municipality_id)
    in_force = or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today)
    return _placed(statement, place, today).where(Appointment.valid_from <= today, in_force)


def _families(today: date) -> Select:
    role = case((AccountPerson.pupil_id.is_not(None), literal("student")), else_=literal("parent"))
    statement = (
        select(*_columns(role))
        .select_from(AccountPerson)
        .join(Account, Account.id == AccountPerson.account_id)
        .join(School, School.id == AccountPerson.school_id)
    )
    return _placed(statement, School.municipality_id, today).where(AccountPerson.employee_id.is_(None))


def _operators() -> Select:
    nowhere = [literal(None).label(name) for name in ("school", "school_name", "oktmo", "municipality_name")]
    who = [Account.username.label("login"), Account.password.label("hashed"), literal(OPERATOR).label("role")]
    return select(*who, *nowhere).where(Account.roles.any(Role.name == OPERATOR_ROLE), _usable())
