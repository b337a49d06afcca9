"""Which accounts hold which role in a school on a day: the same that `access.actor_for` finds, asked the other way."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Integer, Select, and_, bindparam, literal, or_, select, union

from app.models.accounts import Account, AccountPerson, Appointment
from app.models.people import Guardianship, Pupil
from app.security.access import PARENT, STUDENT, attends, works

ACCOUNT, APPOINTMENT, PERSON = Account.__table__, Appointment.__table__, AccountPerson.__table__
PUPIL, KIN = Pupil.__table__, Guardianship.__table__

Accounts = Mapping[str, frozenset[int]]
"""Role → accounts."""


def accounts_of_school(connection: Connection, school_id: int, day: date) -> Accounts:
    """Open accounts by the roles that they hold there, staff and families: one query."""
    given = {"today": day, "before": day - timedelta(days=1), "school": school_id}
    found: dict[str, set[int]] = defaultdict(set)
    for role, account_id in connection.execute(union(*_ways()), given):
        found[role].add(account_id)
    return {role: frozenset(accounts) for role, accounts in found.items()}


def _ways() -> tuple[Select[*tuple[Any, ...]], ...]:
    today, before, school = (
        bindparam("today", type_=Date),
        bindparam("before", type_=Date),
        bindparam("school", type_=Integer),
    )
    is_open = and_(ACCOUNT.c.active.is_(True), or_(ACCOUNT.c.closed_on.is_(None), ACCOUNT.c.closed_on > today))
    staff = (
        select(APPOINTMENT.c.role, APPOINTMENT.c.account_id)
        .join(ACCOUNT, ACCOUNT.c.id == APPOINTMENT.c.account_id)
        .where(APPOINTMENT.c.school_id == school, APPOINTMENT.c.valid_from <= today, is_open, works(today))
        .where(or_(APPOINTMENT.c.valid_to.is_(None), APPOINTMENT.c.valid_to >= today))
    )
    persons = PERSON.join(ACCOUNT, ACCOUNT.c.id == PERSON.c.account_id)
    here: ColumnElement[bool] = attends(today, before)
    pupils = (
        select(literal(STUDENT), PERSON.c.account_id)
        .select_from(persons.join(PUPIL, PUPIL.c.id == PERSON.c.pupil_id))
        .where(PERSON.c.school_id == school, is_open, here)
    )
    parents = (
        select(literal(PARENT), PERSON.c.account_id)
        .select_from(
            persons.outerjoin(KIN, KIN.c.parent_id == PERSON.c.parent_id).outerjoin(
                PUPIL, and_(PUPIL.c.id == KIN.c.pupil_id, here)
            )
        )
        .where(PERSON.c.school_id == school, PERSON.c.parent_id.is_not(None), is_open)
        .where(or_(PUPIL.c.id.is_not(None), KIN.c.id.is_(None)))
    )
    return staff, pupils, parents
