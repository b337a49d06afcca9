"""The words of a slip: what opens an account until its owner chooses a password (3.3.2.4, ИАФ.4)."""

import math
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from app.clock import utc_now
from app.keyboard import ENGLISH, RUSSIAN
from app.models.accounts import Account
from app.models.engine.one_time import one_time_secret
from app.services.accounts import one_time

LOGIN, OWN = "parent.65001", "рыжая лиса бежит"


@pytest.fixture
def words(session: Any, world: Any) -> str:
    """An account with a slip and without a password."""
    account = session.get(Account, world.account(LOGIN))
    account.password, account.must_change_password = None, True
    told = one_time.made()
    one_time.give(session, {account.id: told})
    session.commit()
    return told


def enter(app: Any, typed: str, login: str = LOGIN) -> Any:
    client = app.test_client()
    return client, client.post("/login/", data={"username": login, "password": typed})


def typed_otherwise(words: str) -> dict[str, str]:
    latin = words.translate(str.maketrans(RUSSIAN, ENGLISH))
    return {
        "blanks around": f"  {words}\n",
        "no-break blanks of the file": words.replace(" ", "\N{NO-BREAK SPACE}"),
        "a soft hyphen of the file": words[:3] + "\N{SOFT HYPHEN}" + words[3:],
        "a line break of the slip": words.replace(" ", "\r\n", 3),
        "hyphens": words.replace(" ", "-"),
        "together": words.replace(" ", ""),
        "capitals": words.upper(),
        "the other layout": latin,
        "one word in the other layout": " ".join([*words.split()[:5], latin.split()[5]]),
    }


@pytest.mark.parametrize("how", typed_otherwise("а б в г д е"))
def test_the_words_open_the_account_however_they_are_typed(app: Any, words: str, how: str) -> None:
    client, answer = enter(app, typed_otherwise(words)[how])
    assert answer.status_code == 302
    assert client.get("/pupils/list/").location == "/password/"


def test_what_is_not_the_words_does_not(app: Any, words: str) -> None:
    all_but_one = " ".join(words.split()[:5])
    for wrong in (all_but_one, f"{words} ещё", "", " ", "-" * 6, " ".join(reversed(words.split()))):
        assert enter(app, wrong or "x")[1].status_code == 401
    assert enter(app, words, "teacher.65001")[1].status_code == 401


def test_the_own_password_takes_their_place(app: Any, session: Any, words: str) -> None:
    client, _ = enter(app, words)
    page = client.get("/password/").text
    assert "Придумайте свой пароль" in page
    assert 'name="current"' not in page
    again = client.post("/password/", data={"new": words, "confirm": words})
    assert again.status_code == 422
    assert "совпадает с текущим" in again.text
    assert client.post("/password/", data={"new": OWN, "confirm": OWN}).status_code == 302
    assert client.get("/").status_code == 200
    assert enter(app, words)[1].status_code == 401
    assert enter(app, OWN)[1].status_code == 302
    assert session.scalar(select(func.count()).select_from(one_time_secret)) == 0


def test_an_own_password_is_changed_by_whoever_knows_it(app: Any, words: str) -> None:
    client, _ = enter(app, words)
    assert client.post("/password/", data={"new": OWN, "confirm": OWN}).status_code == 302
    assert client.post("/password/", data={"new": "синий кит поёт", "confirm": "синий кит поёт"}).status_code == 422


@pytest.mark.parametrize(("days", "status"), [(29, 302), (30, 401), (31, 401)])
def test_they_are_valid_for_thirty_days(app: Any, words: str, days: int, status: int) -> None:
    with time_machine.travel(utc_now() + timedelta(days=days, seconds=1), tick=False):
        assert enter(app, words)[1].status_code == status


def test_nothing_that_tells_them_is_stored(session: Any, words: str, app: Any) -> None:
    row = session.execute(select(one_time_secret)).one()
    assert not any(word in str(row) for word in words.split())
    assert len(row.mac) == 64
    app.config["SECRET_KEY"] = "another key, of another installation"
    assert enter(app, words)[1].status_code == 401


def test_they_are_hard_to_guess() -> None:
    told = {one_time.made() for _ in range(50)}
    assert len(told) == 50
    assert {len(each.split()) for each in told} == {6}
    assert 6 * math.log2(len(one_time._words())) >= 64
