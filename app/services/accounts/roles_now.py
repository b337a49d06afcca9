"""What roles accounts have today, in words: those that they would have on signing in (3.3.1)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.models.accounts import Account
from app.security import office
from app.security.granted import role_title
from app.security.guard import person_of

NONE = "без роли"


def told(session: Session, accounts: Sequence[Account]) -> dict[int, str]:
    """Account → its roles. One query, however many: whoever sees an account reads what it is for."""
    keys = [account.id for account in accounts]
    found = office.roles_of(session.connection(), keys, person_of(session).today)
    return {key: ", ".join(map(role_title, found.get(key, ()))) or NONE for key in keys}
