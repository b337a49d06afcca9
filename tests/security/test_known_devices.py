"""A device known to the account gets in although a stranger keeps it locked (УПД.6)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.models.accounts import Account
from app.services.accounts.devices import KNOWN_FOR, MOST
from tests.support.world import PASSWORD

LOGIN, WRONG = "secretary.65001", "не тот пароль"
NEW = "берёза у реки зимой"
COOKIE = "sgo_device"


def post(client: Any, password: str = PASSWORD, login: str = LOGIN) -> int:
    return client.post("/login/", data={"username": login, "password": password}).status_code


def device(app: Any, login: str = LOGIN) -> str:
    """The cookie after a good sign-in."""
    client = app.test_client()
    assert post(client, login=login) == 302
    return client.get_cookie(COOKIE).value


def browser(app: Any, token: str) -> Any:
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    return client


@pytest.fixture
def account(session: Any, world: Any) -> Account:
    return session.get(Account, world.account(LOGIN))


def lock(session: Any, account: Account) -> None:
    account.locked_until, account.failed_logins = datetime.now(UTC) + timedelta(minutes=10), 9
    session.commit()


def test_a_known_device_passes_the_lock_and_no_other_does(app: Any, session: Any, account: Account) -> None:
    known, of_another = device(app), device(app, "hr.65001")
    for token in ("", "forged", known[:-2], of_another):
        lock(session, account)
        assert post(browser(app, token)) == 401, token
    assert post(browser(app, known), WRONG) == 401
    assert post(browser(app, known)) == 302


def test_a_known_device_guesses_a_few_times_only(app: Any, session: Any, account: Account) -> None:
    known = device(app)
    lock(session, account)
    for _ in range(MOST):
        assert post(browser(app, known), WRONG) == 401
    assert post(browser(app, known)) == 401


def test_a_known_device_does_not_open_what_is_closed(app: Any, session: Any, account: Account) -> None:
    known = device(app)
    account.active = False
    session.commit()
    assert post(browser(app, known)) == 401


def test_changing_the_password_makes_other_devices_strangers(app: Any, session: Any, account: Account) -> None:
    client, other = app.test_client(), device(app)
    post(client)
    data = {"current": PASSWORD, "new": NEW, "confirm": NEW}
    assert client.post("/password/", data=data).status_code == 302
    session.expire_all()
    lock(session, account)
    assert post(browser(app, other), NEW) == 401
    assert post(browser(app, client.get_cookie(COOKIE).value), NEW) == 302


def test_a_device_is_forgotten_in_time(app: Any, session: Any, account: Account) -> None:
    with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=False) as clock:
        known = device(app)
        clock.shift(KNOWN_FOR + timedelta(seconds=1))
        lock(session, account)
        assert post(browser(app, known)) == 401


def test_failures_of_long_ago_do_not_count(app: Any, session: Any, account: Account) -> None:
    account.locked_until, account.failed_logins = datetime.now(UTC) - timedelta(hours=2), 9
    session.commit()
    assert post(app.test_client(), WRONG) == 401
    assert post(app.test_client()) == 302
