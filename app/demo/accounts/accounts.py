"""Accounts of the demo: readable logins, one documented password, appointments by order."""

from datetime import date, datetime, time, timedelta
from random import Random

from app.demo.engine.plan import Plan
from app.demo.engine.rows import Clerk, Row, Rows
from app.models.accounts import Account, AccountPerson, Appointment

DEMO_PASSWORD = "kedr-tuman-sopka-65"  # noqa: S105 - the published password of made-up accounts, in demo mode only
DEMO_MAIL = "demo.invalid"
"""The reserved domain that marks the demo's accounts: no letter can ever reach it."""


class Accounts:
    """Opens accounts. The password is hashed once for all: a hash of its own for each would take minutes."""

    def __init__(self, rows: Rows, clerk: Clerk, plan: Plan, password_hash: str) -> None:
        self._rows, self._clerk, self._plan, self._hash = rows, clerk, plan, password_hash
        self._rng: Random = plan.rng("accounts")
        self._taken: set[str] = set()
        self._orders = 0

    def open(self, login: str, last_name: str, first_names: str, **more: object) -> Row:
        """An account that was handed over to its owner; `more` sets further columns."""
        day = self._plan.started_on
        login = self._free(login)
        made_at = datetime.combine(day, time(9))
        account = {
            "username": login,
            "last_name": last_name,
            "first_name": first_names,
            "email": f"{login}@{DEMO_MAIL}",
            "password": self._hash,
            "active": True,
            "must_change_password": False,
            "session_key": f"{self._rng.getrandbits(128):032x}",
            "failed_logins": 0,
            "login_count": 0,
            "fail_login_count": 0,
            "created_on": made_at,
            "changed_on": made_at,
            "handed_over_on": day,
        }
        return self._rows.add(Account, account | more)

    def own(self, account: Row, school_id: int, **person: int) -> None:
        """Whose account it is: `employee_id`, `pupil_id` or `parent_id`."""
        values = {"account_id": account["id"], "school_id": school_id}
        self._rows.add(AccountPerson, self._clerk.stamp(self._plan.started_on) | values | person)

    def appoint(self, account: Row, role: str, valid_to: date | None = None, **where: int) -> None:
        """Give a role by an order; `where` is the school or the municipality."""
        self._orders += 1
        day = self._plan.started_on - timedelta(days=self._rng.randint(3, 40))
        values = {
            "account_id": account["id"],
            "role": role,
            "order_number": f"{self._orders}-од",
            "order_date": day,
            "valid_from": day,
            "valid_to": valid_to,
        }
        self._rows.add(Appointment, self._clerk.stamp(self._plan.started_on) | values | where)

    def _free(self, login: str) -> str:
        """The login, or the next one like it: logins are never given twice."""
        wanted, number = login, 1
        while login in self._taken:
            number += 1
            login = f"{wanted}-{number}"
        self._taken.add(login)
        return login
