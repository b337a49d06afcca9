"""A right taken away in one process while others answer: no request that begins after the commit gets through.

Judged by the order of events: whoever asks looks before asking whether the commit is over. Seconds say nothing here.
"""

import http.client
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from app.clock import today
from app.models.accounts import Account
from app.models.accounts.appointments import Appointment
from app.models.people import Employee
from tests.accounts.test_authority import the_form
from tests.accounts.test_rights import change
from tests.support.clients import signed_in
from tests.web.test_serving import port

__all__ = ["port"]
LOGIN, ADMINISTRATOR, SCHOOL = "secretary.65001", "administrator.65001", "65001"
ASKING, BEFORE, AFTER = 6, 4, 10
"""Readers at once, what each asks at the least before the right is taken, and after."""
pytestmark = [pytest.mark.parametrize("site", ["postgresql"], indirect=True), pytest.mark.long]


class Load:
    """Readers that do not stop: (the commit was over before it began, status) of every request."""

    def __init__(self, readers: list[Callable[[str], int]], addresses: list[str]) -> None:
        self.readers, self.addresses = readers, addresses
        self.taken = threading.Event()
        self.warm = threading.Barrier(len(readers) + 1)

    def run(self, take: Callable[[], None]) -> list[tuple[bool, int]]:
        with ThreadPoolExecutor(len(self.readers)) as pool:
            asked = [pool.submit(self._read, reader, number) for number, reader in enumerate(self.readers)]
            self.warm.wait(60)
            try:
                take()
            finally:
                self.taken.set()
            return [each for one in asked for each in one.result()]

    def _read(self, reader: Callable[[str], int], number: int) -> list[tuple[bool, int]]:
        told = [self._ask(reader, number + count) for count in range(BEFORE)]
        self.warm.wait(60)
        after = 0
        while after < AFTER:
            told.append(self._ask(reader, len(told)))
            after += told[-1][0]
        return told

    def _ask(self, reader: Callable[[str], int], number: int) -> tuple[bool, int]:
        is_over = self.taken.is_set()
        return is_over, reader(self.addresses[number % len(self.addresses)])


def reader_of(client: Any, port: int) -> Callable[[str], int]:
    """`ask(address)` gives the status that the served panel answers this client with; no redirection is followed."""
    cookie = f"sgo_session={client.get_cookie('sgo_session').value}"

    def ask(address: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        with closing(connection):
            connection.request("GET", address, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            return answer.status

    return ask


@pytest.fixture
def load(site: Any, world: Any, port: int) -> Load:
    client = signed_in(site.app, world, LOGIN)
    pupil = world.pupils[(SCHOOL, "Иванов")]
    return Load(
        [reader_of(client, port)] * ASKING,
        ["/pupils/list/", f"/pupils/show/{pupil}", f"/pupils/edit/{pupil}"],
    )


def judge(asked: list[tuple[bool, int]], refused: set[int]) -> None:
    before = [status for is_over, status in asked if not is_over]
    after = [status for is_over, status in asked if is_over]
    assert before.count(200) >= ASKING * BEFORE // 2, "before, it was allowed"
    assert len(after) >= ASKING * AFTER
    assert set(after) <= refused


def test_a_right_taken_by_the_school(load: Load, sign_in: Any) -> None:
    administrator = sign_in(ADMINISTRATOR)

    def take() -> None:
        assert change(administrator, "secretary", "pupils", "take", "view").status_code == 302

    judge(load.run(take), {403})


def test_an_appointment_that_ended(load: Load, session: Any, world: Any) -> None:
    def take() -> None:
        session.query(Appointment).filter_by(account_id=world.account(LOGIN)).one().valid_to = today() - timedelta(1)
        session.commit()

    judge(load.run(take), {403})


def test_a_dismissal(load: Load, session: Any, world: Any) -> None:
    def take() -> None:
        session.get(Employee, world.employees[(SCHOOL, "secretary")]).dismissed_on = today() - timedelta(1)
        session.commit()

    judge(load.run(take), {403})


def test_a_closed_account(load: Load, sign_in: Any, session: Any, world: Any) -> None:
    administrator, key = sign_in(ADMINISTRATOR), world.account(LOGIN)
    form = the_form(world, LOGIN, closed_on=today().isoformat(), closed_reason="Уволена")

    def take() -> None:
        assert administrator.post(f"/accounts/edit/{key}", data=form).status_code == 302

    judge(load.run(take), {302})
    session.expire_all()
    assert session.get(Account, key).closed_on == today()
