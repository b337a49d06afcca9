"""Appointments, a school's own rights, dismissals, transfers, closings as time goes on: what HTTP allows equals a small
model of access.md that knows nothing of the panel's own (3.3.1, 3.3.2.2)."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import time_machine
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.people import Employee
from app.models.schools import RightChange
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.access.expected import Right, grants
from tests.support.clients import signed_in
from tests.support.proving import prove

LOGIN, HERE, THERE = "technical.65001", "65001", "65003"
DAY, FIRST = timedelta(days=1), date(2026, 3, 2)
ROLES = ("secretary", "hr", "psychologist", "deputy", "administrator", "medical")
ROUTES: dict[str, Right] = {
    "/pupils/list/": ("pupils", "view"),
    "/pupils/export": ("pupils", "export"),
    "/movement_orders/list/": ("movement_orders", "view"),
    "/movement_orders/add": ("movement_orders", "edit"),
    "/employees/list/": ("employees", "view"),
    "/accounts/add": ("accounts", "edit"),
}
TAKEN: tuple[Right, ...] = (("pupils", "export"), ("movement_orders", "edit"))
GIVEN: tuple[Right, ...] = (("movement_orders", "view"), ("employees", "view"))


@dataclass
class Model:
    """What access.md says, in a few sentences."""

    day: date = FIRST
    given: list[tuple[str, str, date, date | None]] = field(default_factory=list)
    works: dict[str, date | None] = field(default_factory=lambda: {HERE: None})
    """School → the last day of work; None: no end."""
    closed_on: date | None = None
    changes: dict[tuple[str, str, Right], bool] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.closed_on is None or self.closed_on > self.day

    def turns(self) -> list[date]:
        """The next days on which something ends: the last one and the one after it."""
        ends = [last for *_, last in self.given] + [*self.works.values(), self.closed_on]
        coming = sorted(end for end in ends if end is not None and end >= self.day)
        return [coming[0], coming[0] + DAY] if coming else []

    def roles(self, school: str) -> set[str]:
        """By an order from its first day to its last, as long as one works there."""
        if school not in self.works or (self.works[school] or date.max) < self.day:
            return set()
        return {
            role
            for role, where, first, last in self.given
            if where == school and first <= self.day <= (last or date.max)
        }

    def may(self, right: Right, school: str) -> bool:
        return any(self.changes.get((school, role, right), right in grants()[role]) for role in self.roles(school))


class Panel:
    """The same acts upon the panel's rows, and its answers over HTTP."""

    def __init__(self, site: Any, data: st.DataObject) -> None:
        self.site, self.world, self.model, self.draw = site, site.world, Model(), data.draw
        site.touched = True
        site.restore()
        with self._rows() as session:
            session.query(Appointment).filter_by(account_id=self.account).delete()
            session.query(Account).filter_by(id=self.account).update({"active": True})

    @property
    def account(self) -> int:
        return self.world.account(LOGIN)

    def _rows(self) -> Any:
        return _Rows(self.site.app)

    def appoint(self) -> None:
        role, school = self.draw(st.sampled_from(ROLES)), self.draw(st.sampled_from(sorted(self.model.works)))
        first = self.model.day + self.draw(st.integers(-3, 5)) * DAY
        last = self.draw(st.sampled_from((None, *(first + days * DAY for days in range(5)))))
        order = {"order_number": "1", "order_date": FIRST, "valid_from": first, "valid_to": last}
        with self._rows() as session:
            school_id = self.world.schools[school]
            session.add(Appointment(account_id=self.account, role=role, school_id=school_id, **order))
        self.model.given.append((role, school, first, last))

    def override(self) -> None:
        role, school = self.draw(st.sampled_from(ROLES)), self.draw(st.sampled_from((HERE, THERE)))
        gives = self.draw(st.booleans())
        rights = [each for each in (GIVEN if gives else TAKEN) if (each in grants()[role]) is not gives]
        if not rights or (school, role, rights[0]) in self.model.changes:
            return
        right, act = rights[0], f"{len(self.model.changes):032}"
        basis = {"basis_number": "7", "basis_date": FIRST} if gives else {}
        row = {"role": role, "resource": right[0], "action": right[1], "granted": gives, "act": act} | basis
        with self._rows() as session:
            session.add(RightChange(school_id=self.world.schools[school], **row))
        self.model.changes[school, role, right] = gives

    def dismiss(self) -> None:
        school = self.draw(st.sampled_from(sorted(self.model.works)))
        last = self.model.day + self.draw(st.integers(-2, 3)) * DAY
        with self._rows() as session:
            for card in session.query(Employee).filter(Employee.id.in_(self._cards(session, school))):
                card.dismissed_on = last
        self.model.works[school] = last

    def transfer(self) -> None:
        """Work in the other school begins; the first one's goes on until its dismissal."""
        if THERE in self.model.works:
            return
        school_id = self.world.schools[THERE]
        with self._rows() as session:
            card = Employee(school_id=school_id, last_name="Переведённый", first_name="А", hired_on=FIRST)
            session.add(card)
            session.flush()
            session.add(AccountPerson(school_id=school_id, account_id=self.account, employee_id=card.id))
        self.model.works[THERE] = None

    def close(self) -> None:
        day = self.draw(st.none() | st.integers(0, 2).map(lambda days: self.model.day + days * DAY))
        with self._rows() as session:
            account = session.get(Account, self.account)
            account.closed_on, account.closed_reason = day, "Проверка" if day else None
        self.model.closed_on = day

    def wait(self) -> None:
        self.model.day += self.draw(st.integers(1, 4)) * DAY

    def _cards(self, session: Any, school: str) -> list[int]:
        own = session.query(AccountPerson).filter_by(account_id=self.account, school_id=self.world.schools[school])
        return [each.employee_id for each in own]

    def answers(self) -> dict[str, int]:
        at = datetime(self.model.day.year, self.model.day.month, self.model.day.day, 1, tzinfo=UTC)
        rows = {school: key for (school, _), key in self.world.pupils.items()}
        pages = [*ROUTES, *(f"/pupils/show/{rows[school]}" for school in (HERE, THERE))]
        with time_machine.travel(at, tick=False):
            client = signed_in(self.site.app, self.world, LOGIN)
            return {page: client.get(page).status_code for page in pages}

    def expected(self) -> dict[str, int]:
        model, schools = self.model, (HERE, THERE)
        rows = {school: key for (school, _), key in self.world.pupils.items()}
        pages = [*ROUTES, *(f"/pupils/show/{rows[school]}" for school in schools)]
        if not model.is_open:
            return dict.fromkeys(pages, 302)
        found = {
            page: 200 if any(model.may(right, each) for each in schools) else 403 for page, right in ROUTES.items()
        }
        for school in schools:
            seen, view = model.may(("pupils", "view"), school), ("pupils", "view")
            elsewhere = any(model.may(view, each) for each in schools)
            found[f"/pupils/show/{rows[school]}"] = 200 if seen else 404 if elsewhere else 403
        return found


class _Rows:
    """Rows written past the services, as the system: the model is about what follows from them."""

    def __init__(self, app: Any) -> None:
        self.context, self.acting = app.app_context(), None

    def __enter__(self) -> Any:
        self.context.push()
        self.acting = acting(db.session, SYSTEM)
        self.acting.__enter__()
        return db.session

    def __exit__(self, *error: Any) -> None:
        if error[0] is None:
            db.session.commit()
        self.acting.__exit__(*error)
        db.session.remove()
        self.context.pop()


ACTS = ("appoint", "appoint", "override", "dismiss", "transfer", "close", "wait", "wait")


@settings(prove(12), phases=(Phase.explicit, Phase.generate))  # each example restores a database: none is made smaller
@given(data=st.data())
def test_what_is_allowed_follows_from_orders_work_and_the_schools_own_rights(site: Any, data: st.DataObject) -> None:
    panel = Panel(site, data)
    panel.appoint()
    for act in data.draw(st.lists(st.sampled_from(ACTS), min_size=3, max_size=7), label="acts"):
        getattr(panel, act)()
        today = panel.model.day
        for day in (today, *panel.model.turns()):
            panel.model.day = day
            assert panel.answers() == panel.expected(), (act, panel.model)
        panel.model.day = today
