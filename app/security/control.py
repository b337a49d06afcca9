"""Who decides of what others entered: the controlling role, or who stands in for it (access.md).

The role that controls a duty; where nobody holds it, or only who is barred, the director; without a director the МОУО.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Date, func, literal, or_, select

from app.models.accounts import Account
from app.models.accounts.appointments import Appointment
from app.models.schools import School
from app.security.access import works

IN_PLACE = ("director", "municipal")
"""Who decides in place of the controlling role, in this order."""


class Holder(NamedTuple):
    """Who holds a role; the name is the account's: last name, first name, patronymic."""

    account_id: int
    last_name: str
    first_names: str


Holders = Mapping[tuple[int, str], Sequence[Holder]]
"""(school, role) → who holds it, the first appointed first; of the municipality's role, for each of its schools."""
Office = Mapping[tuple[int, str], frozenset[int]]
"""(school, role) → accounts that hold it."""
ACCOUNT, APPOINTMENT, SCHOOL = Account.__table__, Appointment.__table__, School.__table__


def holders(
    connection: Connection, school_ids: Iterable[int] | None, roles: Iterable[str], day: date
) -> dict[tuple[int, str], list[Holder]]:
    """Who holds these roles, and those that stand in, in these schools (None: in every one) on a local day, with an
    account that is open, and work there: one query."""
    within = SCHOOL.c.municipality_id == APPOINTMENT.c.municipality_id
    source = APPOINTMENT.join(SCHOOL, or_(SCHOOL.c.id == APPOINTMENT.c.school_id, within))
    columns = ACCOUNT.c.id, ACCOUNT.c.last_name, ACCOUNT.c.first_name
    statement = (
        select(SCHOOL.c.id, APPOINTMENT.c.role, *columns)
        .select_from(source.join(ACCOUNT, ACCOUNT.c.id == APPOINTMENT.c.account_id))
        .where(
            APPOINTMENT.c.role.in_(sorted({*roles, *IN_PLACE})),
            APPOINTMENT.c.valid_from <= day,
            func.coalesce(APPOINTMENT.c.valid_to, day) >= day,
            works(literal(day, Date)),
            ACCOUNT.c.active.is_(True),
            or_(ACCOUNT.c.closed_on.is_(None), ACCOUNT.c.closed_on > day),
        )
        .order_by(APPOINTMENT.c.valid_from, APPOINTMENT.c.id)
    )
    if school_ids is not None:
        statement = statement.where(SCHOOL.c.id.in_(sorted(set(school_ids))))
    found: dict[tuple[int, str], list[Holder]] = defaultdict(list)
    for school_id, role, *named in connection.execute(statement):
        if (holder := Holder(*named)) not in found[school_id, role]:
            found[school_id, role].append(holder)
    return dict(found)


def in_office(connection: Connection, school_ids: Iterable[int], roles: Iterable[str], today: date) -> Office:
    """Who holds these roles in these schools today, by their accounts."""
    return accounts_of(holders(connection, school_ids, roles, today))


def accounts_of(found: Holders) -> Office:
    return {place: frozenset(each.account_id for each in there) for place, there in found.items()}


def decides(
    office: Office, school_id: int, roles: Sequence[str], barred: Collection[int]
) -> tuple[str, frozenset[int]]:
    """The role that decides, and its accounts; ("", nobody) where there is none: whoever has the right may then."""
    for role in dict.fromkeys((*roles, *IN_PLACE)):
        if there := office.get((school_id, role), frozenset()).difference(barred):
            return role, there
    return "", frozenset()
