"""Which accounts hold which role on a day: the same that `access.actor_for` finds, asked the other way."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import assoc_user_role
from sqlalchemy import ColumnElement, Connection, Date, Integer, Select, and_, bindparam, literal, or_, select, union

from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.people import Guardianship, Pupil
from app.regulation import load_regulation
from app.regulation.rights import OPERATOR_ROLE
from app.security.access import PARENT, STUDENT, attends, works

ACCOUNT, APPOINTMENT, PERSON = Account.__table__, Appointment.__table__, AccountPerson.__table__
PUPIL, KIN = Pupil.__table__, Guardianship.__table__

Accounts = Mapping[str, frozenset[int]]
"""Role → accounts."""


def accounts_of_school(connection: Connection, school_id: int, day: date) -> Accounts:
    """Open accounts by the roles that they hold there, staff and families: one query."""
    school = bindparam("school", type_=Integer)
    ways = _ways(APPOINTMENT.c.school_id == school, PERSON.c.school_id == school)
    found: dict[str, set[int]] = defaultdict(set)
    for role, account_id in connection.execute(union(*ways), _days(day) | {"school": school_id}):
        found[role].add(account_id)
    return {role: frozenset(accounts) for role, accounts in found.items()}


def roles_of(connection: Connection, account_ids: Sequence[int], day: date) -> dict[int, list[str]]:
    """Account → the roles that it holds, wherever, as the regulation names them; of closed ones none. One query."""
    keys = bindparam("accounts", expanding=True, type_=Integer)
    ways = _ways(APPOINTMENT.c.account_id.in_(keys), PERSON.c.account_id.in_(keys))
    operators = select(literal(OPERATOR_ROLE), assoc_user_role.c.user_id).where(assoc_user_role.c.user_id.in_(keys))
    found: dict[int, list[str]] = defaultdict(list)
    for role, account_id in connection.execute(union(*ways, operators), _days(day) | {"accounts": [*account_ids]}):
        found[account_id].append(role)
    order = [*load_regulation().roles, OPERATOR_ROLE]
    return {account_id: sorted(roles, key=order.index) for account_id, roles in found.items()}


def _days(day: date) -> dict[str, Any]:
    return {"today": day, "before": day - timedelta(days=1)}


def _ways(given: ColumnElement[bool], tied: ColumnElement[bool]) -> tuple[Select[*tuple[Any, ...]], ...]:
    """By an order, as a pupil, as a parent; of these appointments and of these ties."""
    today, before = bindparam("today", type_=Date), bindparam("before", type_=Date)
    is_open = and_(ACCOUNT.c.active.is_(True), or_(ACCOUNT.c.closed_on.is_(None), ACCOUNT.c.closed_on > today))
    staff = (
        select(APPOINTMENT.c.role, APPOINTMENT.c.account_id)
        .join(ACCOUNT, ACCOUNT.c.id == APPOINTMENT.c.account_id)
        .where(given, APPOINTMENT.c.valid_from <= today, is_open, works(today))
        .where(or_(APPOINTMENT.c.valid_to.is_(None), APPOINTMENT.c.valid_to >= today))
    )
    persons = PERSON.join(ACCOUNT, ACCOUNT.c.id == PERSON.c.account_id)
    here: ColumnElement[bool] = attends(today, before)
    pupils = (
        select(literal(STUDENT), PERSON.c.account_id)
        .select_from(persons.join(PUPIL, PUPIL.c.id == PERSON.c.pupil_id))
        .where(tied, is_open, here)
    )
    parents = (
        select(literal(PARENT), PERSON.c.account_id)
        .select_from(
            persons.outerjoin(KIN, KIN.c.parent_id == PERSON.c.parent_id).outerjoin(
                PUPIL, and_(PUPIL.c.id == KIN.c.pupil_id, here)
            )
        )
        .where(tied, PERSON.c.parent_id.is_not(None), is_open)
        .where(or_(PUPIL.c.id.is_not(None), KIN.c.id.is_(None)))
    )
    return staff, pupils, parents
