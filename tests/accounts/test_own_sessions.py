"""Where one's account is signed in: seen and ended by its owner alone (УПД.10)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.models.accounts import Account
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.engine.sessions import open_session
from app.services.accounts import own_sessions
from app.views.pages import agents
from tests.panel.reading import body
from tests.support.world import PASSWORD

LOGIN, OTHER = "secretary.65001", "hr.65001"
NEW = "зимний маяк на мысе"
MORNING = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 YaBrowser/24.1 Mobile Safari/537.36"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0"


def enter(app: Any, login: str = LOGIN, agent: str = DESK, address: str = "10.0.0.5", password: str = PASSWORD) -> Any:
    client = app.test_client()
    client.environ_base |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address}
    assert client.post("/login/", data={"username": login, "password": password}).status_code == 302
    return client


def numbers(client: Any) -> list[str]:
    return re.findall(r'action="/me/sessions/(\d+)"', client.get("/me/").text)


def is_in(client: Any) -> bool:
    return client.get("/").status_code == 200


def test_each_session_tells_its_device_its_address_and_its_times(app: Any, session: Any) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        enter(app, agent=PHONE, address="10.0.0.77")
        enter(app, OTHER, address="10.9.9.9")
        clock.shift(timedelta(hours=1))
        here = enter(app)
        text = body(here.get("/me/"))
    for words in ("Яндекс Браузер, Android", "10.0.0.77", "02.03.2026 11:00", "Firefox, Windows", "10.0.0.5", "сейчас"):
        assert words in text
    assert "этот сеанс" in text
    assert "10.9.9.9" not in text, "somebody else's"


def test_one_session_is_ended_and_the_others_go_on(app: Any, session: Any, world: Any) -> None:
    here, lost, third = enter(app), enter(app, agent=PHONE, address="10.0.0.77"), enter(app, address="10.0.0.6")
    assert len(numbers(here)) == 2
    number = session.scalar(select(open_session.c.id).where(open_session.c.address == "10.0.0.77"))
    answer = here.post(f"/me/sessions/{number}", follow_redirects=True)
    assert "Сеанс завершён" in answer.text
    assert not is_in(lost)
    assert is_in(here)
    assert is_in(third)
    assert str(number) not in numbers(here)
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == AuditAction.LOGOUT)).one()
    assert told.account_id == world.account(LOGIN)
    assert "10.0.0.77" in told.record
    for gone in (number, "0", "nonsense", 10**30):
        assert "уже завершён" in here.post(f"/me/sessions/{gone}", follow_redirects=True).text


def test_nobody_ends_anothers_session(app: Any, session: Any) -> None:
    victim, stranger = enter(app), enter(app, OTHER)
    number = session.scalar(select(open_session.c.id).order_by(open_session.c.id))
    assert "уже завершён" in stranger.post(f"/me/sessions/{number}", follow_redirects=True).text
    assert is_in(victim)
    assert app.test_client().post(f"/me/sessions/{number}").location.startswith("/login/")
    assert is_in(victim)


def test_everywhere_else_is_one_button(app: Any, session: Any) -> None:
    here, there, stranger = enter(app), enter(app, agent=PHONE), enter(app, OTHER)
    assert here.post("/me/sessions").status_code == 302
    assert (is_in(here), is_in(there), is_in(stranger)) == (True, False, True)
    assert numbers(here) == []
    assert "этот сеанс" in here.get("/me/").text


def test_what_has_ended_otherwise_is_not_listed(app: Any, session: Any, world: Any) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        here, left, _ = enter(app), enter(app), enter(app)
        assert left.post("/logout/").status_code == 302
        assert len(numbers(here)) == 1
        assert here.post("/password/", data={"current": PASSWORD, "new": NEW, "confirm": NEW}).status_code == 302
        assert numbers(here) == []
        enter(app, password=NEW)
        assert len(numbers(here)) == 1
        for _ in range(14):
            clock.shift(timedelta(minutes=55))
            here.get("/")
        again = enter(app, password=NEW)
        assert numbers(again) == [], "over by themselves"
        assert len(session.execute(select(open_session)).all()) == 1


def test_a_key_that_somebody_else_has_changed_ends_the_listed_ones(app: Any, session: Any, world: Any) -> None:
    enter(app)
    session.get(Account, world.account(LOGIN)).session_key = "another"
    session.commit()
    assert numbers(enter(app)) == []


def test_the_last_act_is_noted_once_in_five_minutes(app: Any, session: Any) -> None:
    def seen() -> datetime:
        session.rollback()
        return session.scalar(select(open_session.c.seen_at).where(open_session.c.address == "10.0.0.5"))

    with time_machine.travel(MORNING, tick=False) as clock:
        client = enter(app)
        clock.shift(own_sessions.SEEN_EVERY - timedelta(seconds=1))
        client.get("/")
        assert seen() == MORNING
        clock.shift(timedelta(seconds=1))
        assert client.get("/").status_code == 200
        assert seen() == MORNING + own_sessions.SEEN_EVERY


def test_noting_it_is_worth_no_page(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that takes no writing still shows its pages."""
    from sqlalchemy.exc import OperationalError

    def busy(*given: Any) -> None:
        raise OperationalError("UPDATE", None, TimeoutError("database is locked"))

    client = enter(app)
    monkeypatch.setattr(own_sessions, "note_seen", busy)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Яндекс Браузер, Android"),
        (DESK, "Firefox, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_2) AppleWebKit/605 Version/17.2 Safari/604", "Safari, iPhone"),
        ("<script>alert(1)</script>", agents.UNKNOWN),
        ("", agents.UNKNOWN),
    ],
)
def test_a_device_is_told_in_words(agent: str, words: str) -> None:
    assert agents.in_words(agent) == words
