"""Signing in: one answer for every refusal, lock-out that grows and ends, nowhere to be led astray (ИАФ.5, УПД.6).

Clause 1.4.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from werkzeug.security import generate_password_hash

from app.models.accounts import Account
from app.security import hashing
from app.services.accounts import one_time
from tests.support.world import CHEAP_METHOD, PASSWORD

LOGIN, WRONG = "secretary.65001", "не тот пароль"
MORNING = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)


@pytest.fixture
def attempt(app: Any) -> Any:
    """One attempt from a new browser."""

    def run(login: str = LOGIN, password: str = WRONG, **query: str) -> Any:
        data = {"username": login, "password": password}
        return app.test_client().post("/login/", data=data, query_string=query)

    return run


@pytest.fixture
def account(session: Any, world: Any) -> Account:
    return session.get(Account, world.account(LOGIN))


def words(response: Any) -> str:
    """The page without what is of this answer alone: the nonce and the login as typed."""
    page = re.sub(r'nonce="[^"]*"', "", response.text)
    return re.sub(r'value="[^"]*"', "", page)


def test_every_refusal_says_the_same(attempt: Any, session: Any, account: Any, world: Any) -> None:
    closed, off = (session.get(Account, world.account(f"{role}.65001")) for role in ("hr", "deputy"))
    closed.closed_on, closed.closed_reason, off.active = date(2026, 3, 1), "увольнение", False
    account.locked_until = datetime(2099, 1, 1, tzinfo=UTC)
    session.commit()

    refusals = [
        attempt("nobody.at.all"),
        attempt("teacher.65001"),
        attempt("hr.65001", PASSWORD),
        attempt("deputy.65001", PASSWORD),
        attempt(LOGIN, PASSWORD),
    ]
    assert {response.status_code for response in refusals} == {401}
    assert len({words(response) for response in refusals}) == 1
    assert not any(response.headers.getlist("Set-Cookie") and "_user_id" in response.text for response in refusals)


HAVING = {
    "nobody": None,
    "a hash of ours": lambda: hashing.made(PASSWORD),
    "a hash of former days": lambda: generate_password_hash(PASSWORD, CHEAP_METHOD),
    "no password yet": lambda: None,
}


@pytest.mark.parametrize("having", HAVING)
def test_every_refusal_takes_the_same_time(
    attempt: Any, monkeypatch: pytest.MonkeyPatch, app: Any, session: Any, account: Account, having: str
) -> None:
    """Whatever the account has, and if there is none: one hash of either kind is tried, and the words of a slip."""
    if HAVING[having] is not None:
        with app.app_context():
            account.password = HAVING[having]()
        session.commit()
    tried: list[str] = []
    opens, by_words = hashing.opens, one_time.opens
    monkeypatch.setattr(hashing, "opens", lambda given, stored: tried.append(stored[:8]) or opens(given, stored))
    monkeypatch.setattr(one_time, "opens", lambda *given: tried.append("words") or by_words(*given))
    assert attempt("nobody.at.all" if HAVING[having] is None else LOGIN).status_code == 401
    assert sorted(tried) == ["$argon2i", "pbkdf2:s", "words"]


def test_a_hash_of_former_days_is_made_anew_when_its_password_is_known(
    attempt: Any, session: Any, account: Any
) -> None:
    account.password = generate_password_hash(PASSWORD, CHEAP_METHOD)
    session.commit()
    for _ in range(2):
        assert attempt(LOGIN, PASSWORD).status_code == 302
    session.expire_all()
    assert account.password.startswith("$argon2id$")
    assert account.session_key == f"key-{LOGIN}"
    assert attempt(LOGIN, WRONG).status_code == 401


def test_hashes_cost_what_is_advised() -> None:
    """OWASP, Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane."""
    from app import create_app

    config = create_app(SECRET_KEY="only for tests, and for nothing else", SQLALCHEMY_DATABASE_URI="sqlite://").config
    assert config["ARGON2"] == {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1}
    assert config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"].startswith("scrypt:32768:8:1$")


@pytest.mark.parametrize("typed", [LOGIN, f"  {LOGIN} ", LOGIN.upper()])
def test_a_login_is_free_of_case_and_of_blanks(attempt: Any, typed: str) -> None:
    assert attempt(typed, PASSWORD).status_code == 302


def test_the_fifth_failure_locks_and_the_lock_ends(attempt: Any, session: Any, account: Any) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        for _ in range(4):
            attempt()
        assert attempt(LOGIN, PASSWORD).status_code == 302, "four are still a person who mistypes"
        for _ in range(5):
            attempt()
        assert attempt(LOGIN, PASSWORD).status_code == 401
        clock.shift(timedelta(seconds=61))
        assert attempt(LOGIN, PASSWORD).status_code == 302
    session.expire_all()
    assert (account.failed_logins, account.locked_until) == (0, None)


def test_the_lock_grows_up_to_a_quarter_of_an_hour(attempt: Any, session: Any, account: Any) -> None:
    minutes = []
    with time_machine.travel(MORNING, tick=False) as clock:
        for _ in range(4):
            attempt()
        for _ in range(7):
            attempt()
            session.expire_all()
            locked = account.locked_until - datetime.now(UTC)
            minutes.append(locked.total_seconds() / 60)
            clock.shift(locked + timedelta(seconds=1))
    assert minutes == [1, 2, 4, 8, 15, 15, 15]


def test_knocking_at_a_locked_account_locks_it_no_longer(attempt: Any, session: Any, account: Any) -> None:
    """A stranger who goes on trying must not keep the owner out for ever."""
    with time_machine.travel(MORNING, tick=False) as clock:
        for _ in range(5):
            attempt()
        session.expire_all()
        until = account.locked_until
        for _ in range(20):
            attempt()
        session.expire_all()
        assert (account.locked_until, account.failed_logins) == (until, 5)
        clock.shift(timedelta(seconds=61))
        assert attempt(LOGIN, PASSWORD).status_code == 302


def test_a_locked_account_locks_no_other(attempt: Any) -> None:
    for _ in range(6):
        attempt()
    assert attempt("hr.65001", PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/pupils/list/?q=иван", "/pupils/list/?q=%D0%B8%D0%B2%D0%B0%D0%BD"),
        ("", "/"),
        ("pupils", "/"),
        ("//evil.test", "/"),
        ("///evil.test", "/"),
        ("/\\evil.test", "/"),
        ("\\\\evil.test", "/"),
        ("http://evil.test", "/"),
        ("https:evil.test", "/"),
        ("javascript:alert(1)", "/"),
        (" //evil.test", "/"),
        ("/\t/evil.test", "/"),
        ("/\n/evil.test", "/"),
        ("http://localhost@evil.test/", "/"),
    ],
)
def test_after_signing_in_one_stays_on_the_site(attempt: Any, target: str, expected: str) -> None:
    assert attempt(LOGIN, PASSWORD, next=target).location == expected


@pytest.mark.parametrize("target", ["/\t\\evil.test", "/\r\\evil.test", "/ /evil.test", "/.//evil.test", "/%2f/e.test"])
def test_no_address_leaves_the_site_by_a_trick(attempt: Any, target: str) -> None:
    """Browsers drop tabs and line ends and read a backslash as a slash."""
    location = attempt(LOGIN, PASSWORD, next=target).location
    seen = re.sub(r"[\t\r\n]", "", location).replace("\\", "/")
    assert seen.startswith("/")
    assert not seen.startswith("//")


def test_where_one_wanted_to_go_is_kept(app: Any) -> None:
    client = app.test_client()
    response = client.get("/pupils/list/?q=a&page=2")
    assert response.location == "/login/?next=/pupils/list/?q%3Da%26page%3D2"
    response = client.post(response.location, data={"username": LOGIN, "password": PASSWORD})
    assert response.location == "/pupils/list/?q=a&page=2"


def test_who_has_signed_in_is_not_asked_again(sign_in: Any) -> None:
    response = sign_in(LOGIN).get("/login/?next=//evil.test")
    assert (response.status_code, response.location) == (302, "/")


def test_signing_in_begins_a_new_session(app: Any) -> None:
    """Nothing that stood in the cookie before comes along."""
    client = app.test_client()
    with client.session_transaction() as state:
        state["planted"] = "yes"
    client.post("/login/", data={"username": LOGIN, "password": PASSWORD})
    with client.session_transaction() as state:
        assert "planted" not in state
        assert state["_user_id"]


def test_no_demo_logins_on_a_real_panel(app: Any) -> None:
    page = app.test_client().get("/login/").text
    assert "Демонстрационные" not in page
    assert 'data-password="' not in page
