"""What roles accounts have today, in words: of orders in force, and those that follow from cards (3.3.1)."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.accounts import Account, AccountPerson, Appointment
from app.regulation import load_regulation
from app.security.guard import person_of, system_step

NONE = "без роли"


def told(session: Session, accounts: Sequence[Account]) -> dict[int, str]:
    """Account → its roles. Two queries, however many: whoever sees an account reads what it is for."""
    keys, today, roles = [account.id for account in accounts], person_of(session).today, load_regulation().roles
    given = select(Appointment.account_id, Appointment.role).where(Appointment.account_id.in_(keys))
    given = given.where(
        Appointment.valid_from <= today, or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today)
    )
    ties = select(AccountPerson.account_id, AccountPerson.pupil_id, AccountPerson.parent_id)
    ties = ties.where(AccountPerson.account_id.in_(keys)).order_by(AccountPerson.id)
    found = defaultdict[int, list[str]](list)
    with system_step(session, "tell what accounts are for"):
        for key, role in session.execute(given):
            found[key].append(roles[role].title)
        for key, pupil, parent in session.execute(
            ties.where(AccountPerson.account_id.in_(keys)).order_by(AccountPerson.id)
        ):
            found[key] += [roles[role].title for role, card in (("student", pupil), ("parent", parent)) if card]
    return {key: ", ".join(dict.fromkeys(found[key])) or NONE for key in keys}
