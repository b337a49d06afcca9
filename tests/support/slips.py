"""A slip with a new one-time secret, as the job makes it."""

from typing import Any

from app.clock import today
from app.models.accounts import Account
from app.security.access import actor_for
from app.security.guard import acting
from app.services.accounts import candidates, issuing
from app.services.accounts.candidates import Marked
from app.services.engine.transaction import transaction


def new_slip(session: Any, world: Any, login: str, by: str = "administrator.65001") -> str:
    """The words of it: of the account of an employee, who has forgotten the password."""
    role, _, school = login.partition(".")
    session.rollback()
    actor = actor_for(session, session.get(Account, world.account(by)), today())
    with acting(session, actor), transaction(session):
        found = candidates.of(session, Marked(employees=(world.employees[(school, role)],)))
        [issued] = issuing.issue(session, [], found)
    assert issued.login == login
    return issued.secret
