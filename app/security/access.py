"""Effective rights: what an account may do today, from its appointments, its persons and the synced permission sets.

Core selects on purpose: the scope is computed before there is an actor, and nothing of it may enter the session's
identity map.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import Any

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.accounts.officials import Official
from app.models.movement import on_day
from app.models.people import Employee, Guardianship, Pupil, PupilStatus
from app.models.schools import RightChange, School
from app.models.study import led_by
from app.models.territory import Municipality
from app.regulation.rights import OPERATOR_ROLE, Action, Resource
from app.security.actor import Actor, Grants, Holding
from app.security.granted import Change, laid_over, regulated_grants, role_title

PERSON, APPOINTMENT = AccountPerson.__table__.c, Appointment.__table__.c
PUPIL, SCHOOL, KIN = Pupil.__table__.c, School.__table__.c, Guardianship.__table__.c
MUNICIPALITY, EMPLOYEE, CHANGE = Municipality.__table__.c, Employee.__table__.c, RightChange.__table__.c
OFFICIAL = Official.__table__.c
STUDENT, PARENT = "student", "parent"
REGIONAL = "regional"
Given = BindParameter[Any]


def actor_for(session: Session, account: Account, today: date, address: str | None = None) -> Actor:
    """The actor of an account on a day: every role it holds then, each with its own rows and rights."""
    connection = session.connection()
    held = _Held(connection, account.id, today)
    rights = _Rights(connection, held)
    holdings = tuple(
        Holding(
            role=role,
            title=role_title(role),
            grants=rights.of(role, rows["school_ids"]),
            account_id=account.id,
            day=today,
            **rows,
        )
        for role, rows in held.rows()
    )
    return Actor(
        name=account.full_name,
        account_id=account.id,
        holdings=holdings,
        address=address,
        day=today,
        must_change_password=account.must_change_password,
    )


def _name(role: str, key: tuple[Resource, Action]) -> tuple[str, str, str]:
    resource, action = key
    return role, action.permission, resource.value


class _Rights:
    """What the roles held give, as Flask-AppBuilder has them and each school changed them: one query for all."""

    def __init__(self, connection: Any, held: "_Held") -> None:
        given = {"roles": sorted(held.roles), "schools": sorted(held.places)}
        found = connection.execute(_permissions(), given).all()
        self.permitted = {tuple(row[:3]) for row in found if row.school_id is None}
        self.changes: dict[int, list[Change]] = defaultdict(list)
        for role, action, resource, school_id, granted in found:
            if school_id is not None:
                self.changes[school_id].append(Change(role, resource, action, granted))

    def of(self, role: str, school_ids: Iterable[int] | None) -> Grants:
        """Of a role in its school. What reaches several schools is a role above them, which no school changes."""
        regulated = regulated_grants(role)
        grants = {key: scopes for key, scopes in regulated.items() if _name(role, key) in self.permitted}
        return laid_over(grants, role, [each for school in school_ids or () for each in self.changes.get(school, ())])


@cache
def _permissions() -> CompoundSelect[*tuple[Any, ...]]:
    changed = select(CHANGE.role, CHANGE.action, CHANGE.resource, CHANGE.school_id, CHANGE.granted).where(
        CHANGE.school_id.in_(bindparam("schools", expanding=True)), CHANGE.ended_at.is_(None)
    )
    return union_all(_permitted(), changed)


def _permitted() -> Select[*tuple[Any, ...]]:
    nothing = cast(null(), Integer).label("school_id"), cast(null(), Boolean).label("granted")
    return (
        select(Role.name, Permission.name, ViewMenu.name, *nothing)
        .join(assoc_permissionview_role, assoc_permissionview_role.c.role_id == Role.id)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(Role.name.in_(bindparam("roles", expanding=True)))
    )


class _Held:
    """The roles of an account on a day with the rows each reaches: one query, whatever it holds."""

    def __init__(self, connection: Any, account_id: int, today: date) -> None:
        given = {"account_id": account_id, "today": today, "before": today - timedelta(days=1)}
        found = connection.execute(_everything_held(), given).all()
        self.persons = [row for row in found if row.appointment_id is None]
        appointed = [row for row in found if row.appointment_id is not None]
        self.roles = {row.role for row in found if row.role}
        # An appointment to a municipality comes once for each of its schools.
        self.appointments = list({row.appointment_id: row for row in appointed}.values())
        self.places = {row.school_id for row in found if row.school_id is not None}
        self.schools: dict[int, set[int]] = defaultdict(set)
        for row in appointed:
            if row.municipality_school_id is not None:
                self.schools[row.municipality_id].add(row.municipality_school_id)

    def rows(self) -> list[tuple[str, dict[str, Any]]]:
        return [*map(self._staff, self.appointments), *self._families()]

    def _staff(self, row: Any) -> tuple[str, dict[str, Any]]:
        if row.role == OPERATOR_ROLE or (row.school_id is None and row.municipality_id is None):
            return row.role, {"school_ids": None, "organisation": row.organisation or "Регион"}
        if row.municipality_id is not None:
            schools = frozenset(self.schools[row.municipality_id])
            home = {"municipality_ids": frozenset({row.municipality_id}), "organisation": row.organisation}
            return row.role, {"school_ids": schools} | home
        mine = [p for p in self.persons if p.employee_id and p.school_id == row.school_id]
        return row.role, {
            "school_ids": frozenset({row.school_id}),
            "employee_ids": frozenset(p.employee_id for p in mine),
            "class_ids": frozenset(p.class_id for p in mine if p.class_id),
            "organisation": row.organisation,
        }

    def _families(self) -> list[tuple[str, dict[str, Any]]]:
        """Pupils and parents: one holding a role and school; a parent of two children holds both."""
        grouped: dict[tuple[str, int, str], list[Any]] = defaultdict(list)
        for row in self.persons:
            if row.role:
                grouped[(row.role, row.school_id, row.organisation)].append(row)
        return [
            (
                role,
                {
                    "school_ids": frozenset({school_id}),
                    "pupil_ids": frozenset(row.pupil_id for row in rows if row.pupil_id),
                    "class_ids": frozenset(row.class_id for row in rows if row.class_id),
                    "parent_ids": frozenset(row.parent_id for row in rows if row.parent_id),
                    "organisation": organisation,
                },
            )
            for (role, school_id, organisation), rows in grouped.items()
        ]


@cache
def _everything_held() -> CompoundSelect[*tuple[Any, ...]]:
    """The same for everybody and made once: to build it costs more than to run it."""
    account_id, today = bindparam("account_id", type_=Integer), bindparam("today", type_=Date)
    return union_all(*_appointments(account_id, today), *_persons(account_id, today))


HELD: dict[str, Any] = {
    "appointment_id": Integer(),
    "role": String(),
    "school_id": Integer(),
    "municipality_id": Integer(),
    "organisation": String(),
    "municipality_school_id": Integer(),
    "employee_id": Integer(),
    "parent_id": Integer(),
    "pupil_id": Integer(),
    "class_id": Integer(),
}


def _held(**given: Any) -> Select[*tuple[Any, ...]]:
    """A row of what is held: these columns, the others empty."""
    return select(*(given.get(name, cast(null(), kind)).label(name) for name, kind in HELD.items()))


def _appointments(account_id: Given, today: Given) -> tuple[Select[*tuple[Any, ...]], ...]:
    """Appointments in force, and the operator's role, which no appointment gives (its number is 0)."""
    within = School.__table__.alias("municipality_school")
    regulated = (
        _held(
            appointment_id=APPOINTMENT.id,
            role=APPOINTMENT.role,
            school_id=APPOINTMENT.school_id,
            municipality_id=APPOINTMENT.municipality_id,
            organisation=func.coalesce(SCHOOL.name, MUNICIPALITY.name),
            municipality_school_id=within.c.id,
        )
        .select_from(Appointment.__table__)
        .outerjoin(School.__table__, SCHOOL.id == APPOINTMENT.school_id)
        .outerjoin(Municipality.__table__, MUNICIPALITY.id == APPOINTMENT.municipality_id)
        .outerjoin(within, within.c.municipality_id == APPOINTMENT.municipality_id)
        .where(
            APPOINTMENT.account_id == account_id,
            APPOINTMENT.valid_from <= today,
            or_(APPOINTMENT.valid_to.is_(None), APPOINTMENT.valid_to >= today),
            works(today),
        )
    )
    operator = (
        _held(appointment_id=literal(0), role=Role.name)
        .join(assoc_user_role, assoc_user_role.c.role_id == Role.id)
        .where(assoc_user_role.c.user_id == account_id, Role.name == OPERATOR_ROLE)
    )
    return regulated, operator


def works(today: Any) -> ColumnElement[bool]:
    """A role ends after the last day of work in its school or authority, whatever its order says; one whose account no
    card from there is linked to, by its order alone."""
    of_school = EMPLOYEE.school_id == APPOINTMENT.school_id
    return and_(
        _lasts(Employee.__table__, PERSON.employee_id, EMPLOYEE.dismissed_on, of_school, today),
        _lasts(Official.__table__, PERSON.official_id, OFFICIAL.dismissed_on, of_authority(), today),
    )


def of_authority() -> ColumnElement[bool]:
    """An official's card is of the very authority of an appointment: of its municipality, or of the region."""
    same = OFFICIAL.municipality_id == APPOINTMENT.municipality_id
    return or_(same, and_(OFFICIAL.municipality_id.is_(None), APPOINTMENT.role == REGIONAL))


def _lasts(
    card: Any, link: ColumnElement[Any], last_day: ColumnElement[Any], there: ColumnElement[bool], today: Any
) -> ColumnElement[bool]:
    cards = AccountPerson.__table__.join(card, card.c.id == link)
    mine = PERSON.account_id == APPOINTMENT.account_id, there
    here = select(card.c.id).select_from(cards).where(*mine).correlate(Appointment.__table__)
    return or_(~here.exists(), here.where(or_(last_day.is_(None), last_day >= today)).exists())


def attends(today: Given, before: Given) -> ColumnElement[bool]:
    """To the end of the last day, on whose evening he has left already; who comes back is here on the day itself."""
    left = (PupilStatus.DEPARTED, PupilStatus.GRADUATED)
    return or_(*(on_day.status_of(PUPIL, day).not_in(left) for day in (today, before)))


def _persons(account_id: Given, today: Given) -> tuple[Select[*tuple[Any, ...]], ...]:
    """The persons of an account. A parent comes once for each child, an employee once for each class led."""
    person = AccountPerson.__table__.join(School.__table__, SCHOOL.id == PERSON.school_id)
    home = {"school_id": PERSON.school_id, "organisation": SCHOOL.name}
    here = attends(today, bindparam("before", type_=Date))
    child = {"pupil_id": PUPIL.id, "class_id": on_day.class_of(PUPIL, today)}
    own = AccountPerson.__table__.alias()
    led = led_by(select(own.c.employee_id).where(own.c.account_id == account_id), today).subquery("led")
    staff = (
        _held(**home, employee_id=PERSON.employee_id, class_id=led.c.class_id)
        .select_from(person)
        .outerjoin(led, led.c.employee_id == PERSON.employee_id)
        .where(PERSON.account_id == account_id, PERSON.employee_id.is_not(None))
    )
    pupils = (
        _held(**home, **child, role=literal(STUDENT))
        .select_from(person)
        .join(Pupil.__table__, PUPIL.id == PERSON.pupil_id)
        .where(PERSON.account_id == account_id, here)
    )
    parents = (
        _held(**home, **child, role=literal(PARENT), parent_id=PERSON.parent_id)
        .select_from(person)
        .outerjoin(Guardianship.__table__, KIN.parent_id == PERSON.parent_id)
        .outerjoin(Pupil.__table__, and_(PUPIL.id == KIN.pupil_id, here))
        .where(PERSON.account_id == account_id, PERSON.parent_id.is_not(None))
        # Whose children have all left is a parent of this school no more; who has none yet still is.
        .where(or_(PUPIL.id.is_not(None), KIN.id.is_(None)))
    )
    return staff, pupils, parents
