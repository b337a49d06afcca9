"""Who decides of what others entered: the controlling role, or who stands in for it (access.md).

The role that controls a duty; where nobody holds it, or only who is barred, the director; without a director the МОУО.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, func, or_, select

from app.models.accounts import Account, Appointment
from app.models.schools import School

IN_PLACE = ("director", "municipal")
"""Who decides in place of the controlling role, in this order."""
Office = Mapping[tuple[int, str], frozenset[int]]
"""(school, role) → accounts that hold it; of the municipality's role, for each of its schools."""
ACCOUNT, APPOINTMENT, SCHOOL = Account.__table__, Appointment.__table__, School.__table__


def in_office(connection: Connection, school_ids: Iterable[int], roles: Iterable[str], today: date) -> Office:
    """Who holds these roles in these schools on a local day with an account that is open: one query."""
    within = SCHOOL.c.municipality_id == APPOINTMENT.c.municipality_id
    source = APPOINTMENT.join(SCHOOL, or_(SCHOOL.c.id == APPOINTMENT.c.school_id, within))
    found: dict[tuple[int, str], frozenset[int]] = {}
    statement = (
        select(SCHOOL.c.id, APPOINTMENT.c.role, APPOINTMENT.c.account_id)
        .select_from(source.join(ACCOUNT, ACCOUNT.c.id == APPOINTMENT.c.account_id))
        .where(
            SCHOOL.c.id.in_(sorted(set(school_ids))),
            APPOINTMENT.c.role.in_(sorted({*roles, *IN_PLACE})),
            APPOINTMENT.c.valid_from <= today,
            func.coalesce(APPOINTMENT.c.valid_to, today) >= today,
            ACCOUNT.c.active.is_(True),
            or_(ACCOUNT.c.closed_on.is_(None), ACCOUNT.c.closed_on > today),
        )
    )
    for school_id, role, account_id in connection.execute(statement):
        found[school_id, role] = found.get((school_id, role), frozenset()) | {account_id}
    return found


def decides(
    office: Office, school_id: int, roles: Sequence[str], barred: Collection[int]
) -> tuple[str, frozenset[int]]:
    """The role that decides, and its accounts; ("", nobody) where there is none: whoever has the right may then."""
    for role in dict.fromkeys((*roles, *IN_PLACE)):
        if there := office.get((school_id, role), frozenset()).difference(barred):
            return role, there
    return "", frozenset()
