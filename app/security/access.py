"""Effective rights: what an account may do today, from its appointments, its persons and the synced permission sets.

Core selects on purpose: the scope is computed before there is an actor, and nothing of it may enter the session's
identity map.
"""

from collections import defaultdict
from datetime import date
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
from sqlalchemy import func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from app.models import AccountPerson, Appointment, Guardianship, Municipality, Pupil, School, SchoolClass
from app.models.accounts import Account
from app.regulation import load_regulation
from app.security.actor import Actor, Grants, Holding
from app.security.permissions import OPERATOR_ROLE, Action, Resource, Rows

PERSON, APPOINTMENT = AccountPerson.__table__.c, Appointment.__table__.c
PUPIL, CLASS, SCHOOL, KIN = Pupil.__table__.c, SchoolClass.__table__.c, School.__table__.c, Guardianship.__table__.c
MUNICIPALITY = Municipality.__table__.c
STUDENT, PARENT = "student", "parent"


@cache
def regulated_grants(role: str) -> Grants:
    """The permission set that the regulation gives a role; the operator's set is kept beside it."""
    regulation = load_regulation()
    source = regulation.operator if role == OPERATOR_ROLE else regulation.roles[role]
    return {
        (Resource(grant.resource), Action(action)): Rows(grant.rows)
        for grant in source.grants
        for action in grant.actions
    }


def role_title(role: str) -> str:
    regulation = load_regulation()
    return (regulation.operator if role == OPERATOR_ROLE else regulation.roles[role]).title


def actor_for(session: Session, account: Account, today: date, address: str | None = None) -> Actor:
    """The actor of an account on a day: every role it holds then, each with its own rows and rights."""
    connection = session.connection()
    held = _Held(connection, account.id, today)
    permitted = _permitted(connection, held.roles)
    holdings = tuple(
        Holding(
            role=role,
            title=role_title(role),
            grants={key: rows for key, rows in regulated_grants(role).items() if _name(role, key) in permitted},
            account_id=account.id,
            **rows,
        )
        for role, rows in held.rows()
    )
    return Actor(
        name=account.full_name,
        account_id=account.id,
        holdings=holdings,
        address=address,
        must_change_password=account.must_change_password,
    )


def _name(role: str, key: tuple[Resource, Action]) -> tuple[str, str, str]:
    resource, action = key
    return role, action.permission, resource.value


def _permitted(connection: Any, roles: set[str]) -> set[tuple[str, str, str]]:
    """(role, permission, resource) as Flask-AppBuilder has them: one query for all roles held."""
    statement = (
        select(Role.name, Permission.name, ViewMenu.name)
        .join(assoc_permissionview_role, assoc_permissionview_role.c.role_id == Role.id)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(Role.name.in_(sorted(roles)))
    )
    return {tuple(row) for row in connection.execute(statement)}


class _Held:
    """The roles of an account on a day with the rows each reaches: a fixed number of queries, whatever it holds."""

    def __init__(self, connection: Any, account_id: int, today: date) -> None:
        self.connection = connection
        self.appointments = connection.execute(_appointments(account_id, today)).all()
        self.persons = connection.execute(_persons(account_id)).all()
        self.roles = {row.role for row in self.appointments} | {row.role for row in self.persons if row.role}
        self.schools = _schools_of_municipalities(connection, {row.municipality_id for row in self.appointments})
        self.led = _led_classes(connection, {row.employee_id for row in self.persons if row.employee_id})

    def rows(self) -> list[tuple[str, dict[str, Any]]]:
        return [*map(self._staff, self.appointments), *self._families()]

    def _staff(self, row: Any) -> tuple[str, dict[str, Any]]:
        if row.role == OPERATOR_ROLE or (row.school_id is None and row.municipality_id is None):
            return row.role, {"school_ids": None, "organisation": row.organisation or "Регион"}
        if row.municipality_id is not None:
            schools = frozenset(self.schools[row.municipality_id])
            return row.role, {"school_ids": schools, "organisation": row.organisation}
        mine = {p.employee_id for p in self.persons if p.employee_id and p.school_id == row.school_id}
        return row.role, {
            "school_ids": frozenset({row.school_id}),
            "employee_ids": frozenset(mine),
            "class_ids": frozenset(c for employee in mine for c in self.led[employee]),
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


def _appointments(account_id: int, today: date) -> Any:
    """Appointments in force, and the operator's role, which no appointment gives."""
    regulated = (
        select(
            APPOINTMENT.role.label("role"),
            APPOINTMENT.school_id.label("school_id"),
            APPOINTMENT.municipality_id.label("municipality_id"),
            func.coalesce(SCHOOL.name, MUNICIPALITY.name).label("organisation"),
        )
        .select_from(Appointment.__table__)
        .outerjoin(School.__table__, SCHOOL.id == APPOINTMENT.school_id)
        .outerjoin(Municipality.__table__, MUNICIPALITY.id == APPOINTMENT.municipality_id)
        .where(
            APPOINTMENT.account_id == account_id,
            APPOINTMENT.valid_from <= today,
            or_(APPOINTMENT.valid_to.is_(None), APPOINTMENT.valid_to >= today),
        )
    )
    operator = (
        select(Role.name, null(), null(), null())
        .join(assoc_user_role, assoc_user_role.c.role_id == Role.id)
        .where(assoc_user_role.c.user_id == account_id, Role.name == OPERATOR_ROLE)
    )
    return union_all(regulated, operator)


def _persons(account_id: int) -> Any:
    """The persons of an account. A parent comes once for each child."""
    person = AccountPerson.__table__
    columns = (PERSON.school_id, SCHOOL.name.label("organisation"), PERSON.employee_id, PERSON.parent_id)
    staff = (
        select(null().label("role"), *columns, null().label("pupil_id"), null().label("class_id"))
        .select_from(person.join(School.__table__, SCHOOL.id == PERSON.school_id))
        .where(PERSON.account_id == account_id, PERSON.employee_id.is_not(None))
    )
    pupils = (
        select(literal(STUDENT).label("role"), *columns, PUPIL.id, PUPIL.class_id)
        .select_from(person.join(School.__table__, SCHOOL.id == PERSON.school_id))
        .join(Pupil.__table__, PUPIL.id == PERSON.pupil_id)
        .where(PERSON.account_id == account_id)
    )
    parents = (
        select(literal(PARENT).label("role"), *columns, PUPIL.id, PUPIL.class_id)
        .select_from(person.join(School.__table__, SCHOOL.id == PERSON.school_id))
        .outerjoin(Guardianship.__table__, KIN.parent_id == PERSON.parent_id)
        .outerjoin(Pupil.__table__, PUPIL.id == KIN.pupil_id)
        .where(PERSON.account_id == account_id, PERSON.parent_id.is_not(None))
    )
    return union_all(staff, pupils, parents)


def _schools_of_municipalities(connection: Any, municipalities: set[int | None]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    wanted = sorted(m for m in municipalities if m is not None)
    if wanted:
        for school_id, municipality_id in connection.execute(
            select(SCHOOL.id, SCHOOL.municipality_id).where(SCHOOL.municipality_id.in_(wanted))
        ):
            found[municipality_id].append(school_id)
    return found


def _led_classes(connection: Any, employees: set[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    if employees:
        for class_id, employee_id in connection.execute(
            select(CLASS.id, CLASS.class_teacher_id).where(CLASS.class_teacher_id.in_(sorted(employees)))
        ):
            found[employee_id].append(class_id)
    return found
