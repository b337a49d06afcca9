"""Accounts of the demo: readable logins, one documented password, appointments by order."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random

from app.demo.engine.names import Name
from app.demo.engine.plan import Plan
from app.demo.engine.rows import Clerk, Row, Rows
from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.accounts.handings import HandingOver
from app.models.accounts.officials import Official
from app.models.values import person_key

DEMO_PASSWORD = "kedr-tuman-sopka-65"  # noqa: S105 - the published password of made-up accounts, in demo mode only
DEMO_MAIL = "demo.invalid"
"""The reserved domain that marks the demo's accounts: no letter can ever reach it."""


class Accounts:
    """Opens accounts. The password is hashed once for all: a hash of its own for each would take minutes."""

    def __init__(self, rows: Rows, clerk: Clerk, plan: Plan, password_hash: str) -> None:
        self._rows, self._clerk, self._plan, self._hash = rows, clerk, plan, password_hash
        self._rng: Random = plan.rng("accounts")
        self._taken = Counter[str]()
        self._orders = 0

    def open(self, login: str, last_name: str, first_names: str, **more: object) -> Row:
        """An account that the demo's password opens, handed over from the beginning; `more` sets further columns."""
        day, login = self._plan.started_on, self._free(login)
        shown = {"email": f"{login}@{DEMO_MAIL}", "password": self._hash, "must_change_password": False}
        return self._add(login, last_name, first_names, day, **shown, handed_over_on=day, **more)

    def made(self, login: str, last_name: str, first_names: str, day: date, **more: object) -> Row:
        """An account that nobody has used yet."""
        return self._add(self._free(login), last_name, first_names, day, must_change_password=True, **more)

    def _add(self, login: str, last_name: str, first_names: str, day: date, **more: object) -> Row:
        made_at = datetime.combine(day, time(9))
        account = {
            "username": login,
            "last_name": last_name,
            "first_name": first_names,
            "active": True,
            "session_key": f"{self._rng.getrandbits(128):032x}",
            "failed_logins": 0,
            "login_count": 0,
            "fail_login_count": 0,
            "created_on": made_at,
            "changed_on": made_at,
        }
        return self._rows.add(Account, account | more)

    def own(self, account: Row, school_id: int, day: date | None = None, **person: int) -> None:
        """Whose account it is: `employee_id`, `pupil_id` or `parent_id`; without a day from the beginning, when it was
        handed over too."""
        values = {"account_id": account["id"], "school_id": school_id}
        self._rows.add(AccountPerson, self._clerk.stamp(day or self._plan.started_on) | values | person)
        if day is None:
            self.hand_over(account, school_id, self._plan.started_on, self._clerk)

    def of_official(self, account: Row, name: Name, position: str, number: int, **where: int) -> None:
        """The card of somebody of an authority, the region's where none is named, whose account it is."""
        day = self._plan.started_on
        names = {"last_name": name.last, "first_name": name.first, "middle_name": name.middle}
        work = {"position": position, "hired_on": day - timedelta(days=60), "phone": f"+7 900 001-00-{number:02}"}
        keys = {"person_key": person_key(name.last, name.first)}
        card = self._rows.add(Official, self._clerk.stamp(day) | names | work | keys | where)
        tie = {"account_id": account["id"], "official_id": card["id"]}
        self._rows.add(AccountPerson, self._clerk.stamp(day) | tie)

    def hand_over(self, account: Row, school_id: int, day: date, clerk: Clerk) -> None:
        account["handed_over_on"] = day
        values = {"account_id": account["id"], "school_id": school_id, "handed_on": day}
        self._rows.add(HandingOver, clerk.stamp(day) | values | {"ended_on": account["closed_on"]})

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
        self._taken[login] += 1
        number = self._taken[login]
        return login if number == 1 else f"{login}-{number}"
