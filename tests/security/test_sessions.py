"""What holds from the next request on: roles that ended, accounts closed, passwords changed (УПД.1, УПД.10)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.models.accounts import Account
from app.models.accounts.appointments import Appointment
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.engine.sessions import ended_session
from app.services.accounts import accounts
from tests.support.slips import new_slip
from tests.support.world import PASSWORD

EVENING = datetime(2026, 3, 2, 12, 59, tzinfo=UTC)
"""23:59 of 2 March on Sakhalin."""
LOGIN, NEW = "secretary.65001", "зимний маяк на мысе"


@pytest.fixture
def appointment(session: Any, world: Any) -> Appointment:
    return session.query(Appointment).filter_by(account_id=world.account(LOGIN)).one()


def sign_in_by_form(app: Any, login: str = LOGIN, password: str = PASSWORD) -> Any:
    client = app.test_client()
    response = client.post("/login/", data={"username": login, "password": password})
    assert response.status_code == 302, response.text
    return client


def is_out(response: Any) -> bool:
    return response.status_code == 302 and response.location.startswith("/login/")


def test_a_role_ends_with_the_local_day(app: Any, session: Any, appointment: Any) -> None:
    appointment.valid_to = date(2026, 3, 2)
    session.commit()
    with time_machine.travel(EVENING, tick=False) as clock:
        client = sign_in_by_form(app)
        assert client.get("/pupils/list/").status_code == 200
        clock.shift(timedelta(minutes=2))
        assert client.get("/pupils/list/").status_code == 403
        home = client.get("/")
        assert home.status_code == 200
        assert "У вас пока нет роли" in home.text


def test_a_role_begins_with_its_day(app: Any, session: Any, appointment: Any) -> None:
    appointment.valid_from = date(2026, 3, 3)
    session.commit()
    with time_machine.travel(EVENING, tick=False) as clock:
        client = sign_in_by_form(app)
        assert client.get("/pupils/list/").status_code == 403
        clock.shift(timedelta(minutes=2))
        assert client.get("/pupils/list/").status_code == 200


def test_a_withdrawn_appointment_takes_the_role_away(sign_in: Any, session: Any, appointment: Any) -> None:
    client = sign_in(LOGIN)
    assert client.get("/pupils/list/").status_code == 200
    session.delete(appointment)
    session.commit()
    assert client.get("/pupils/list/").status_code == 403


def test_closing_an_account_ends_its_sessions(sign_in: Any, app: Any, session: Any, world: Any) -> None:
    client, key = sign_in(LOGIN), world.account(LOGIN)
    form = {
        "last_name": "Сотрудников",
        "first_name": "Имя",
        "email": f"{LOGIN}@test.invalid",
        "active": "y",
        "version": "1",
    }
    closing = form | {"closed_on": "2026-03-02", "closed_reason": "увольнение"}
    assert sign_in("administrator.65001").post(f"/accounts/edit/{key}", data=closing).status_code == 302

    assert is_out(client.get("/pupils/list/"))
    again = app.test_client().post("/login/", data={"username": LOGIN, "password": PASSWORD})
    assert again.status_code == 401
    session.expire_all()
    assert session.get(Account, key).active is False


def test_a_session_from_before_the_closing_does_not_revive(sign_in: Any, session: Any, world: Any) -> None:
    """Opened again, the account asks for the password again."""
    client, key = sign_in(LOGIN), world.account(LOGIN)
    before = session.get(Account, key).session_key
    form = {
        "last_name": "Сотрудников",
        "first_name": "Имя",
        "email": f"{LOGIN}@test.invalid",
        "active": "y",
        "version": "1",
    }
    closing = form | {"closed_on": "2026-03-02", "closed_reason": "ошибочно", "version": "1"}
    administrator = sign_in("administrator.65001")
    assert administrator.post(f"/accounts/edit/{key}", data=closing).status_code == 302
    assert administrator.post(f"/accounts/edit/{key}", data=form | {"version": "2"}).status_code == 302

    session.expire_all()
    account = session.get(Account, key)
    assert (account.active, account.closed_on) == (True, None)
    assert account.session_key != before
    assert is_out(client.get("/pupils/list/"))


def test_switching_an_account_off_ends_its_sessions(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(LOGIN)
    session.get(Account, world.account(LOGIN)).active = False
    session.commit()
    assert is_out(client.get("/"))


def test_changing_the_password_ends_the_other_sessions(app: Any) -> None:
    here, there = sign_in_by_form(app), sign_in_by_form(app)
    form = {"current": PASSWORD, "new": NEW, "confirm": NEW}
    assert here.post("/password/", data=form).status_code == 302

    assert here.get("/pupils/list/").status_code == 200
    assert is_out(there.get("/pupils/list/"))
    assert app.test_client().post("/login/", data={"username": LOGIN, "password": PASSWORD}).status_code == 401
    sign_in_by_form(app, password=NEW)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"current": "не тот пароль"}, "Текущий пароль введён неверно"),
        ({"new": "коротко", "confirm": "коротко"}, "короче 10 знаков"),
        ({"new": "пароль12345678", "confirm": "пароль12345678"}, "легко угадать"),
        ({"new": "аааааааааааа", "confirm": "аааааааааааа"}, "легко угадать"),
        ({"new": f"мой {LOGIN} вход", "confirm": f"мой {LOGIN} вход"}, "не должен содержать логин"),
        ({"confirm": "зимний маяк"}, "Пароли не совпадают"),
        ({"new": PASSWORD, "confirm": PASSWORD}, "совпадает с текущим"),
    ],
)
def test_a_new_password_is_checked(sign_in: Any, session: Any, world: Any, changes: dict[str, str], says: str) -> None:
    before = session.get(Account, world.account(LOGIN)).password
    response = sign_in(LOGIN).post("/password/", data={"current": PASSWORD, "new": NEW, "confirm": NEW} | changes)
    assert response.status_code == 422
    assert says in response.text
    assert not [value for value in changes.values() if f'value="{value}"' in response.text]
    session.expire_all()
    assert session.get(Account, world.account(LOGIN)).password == before


def test_a_one_time_password_opens_only_its_change(sign_in: Any, app: Any, session: Any, world: Any) -> None:
    """ИАФ.4: the administrator prints a new slip, every session ends, the first page is that of the new password."""
    before = sign_in(LOGIN)
    secret = new_slip(session, world, LOGIN)
    assert is_out(before.get("/"))

    client = sign_in_by_form(app, password=secret)
    for address in ("/", "/pupils/list/", "/pupils/show/1", "/compliance/", "/no/such/page"):
        assert client.get(address).location == "/password/"
    assert client.post("/pupils/add", data={}).location == "/password/"
    page = client.get("/password/")
    assert page.status_code == 200
    assert "/pupils/list/" not in page.text, "the menu opens with the new password"

    change = {"current": secret, "new": NEW, "confirm": NEW}
    assert client.post("/password/", data=change).status_code == 302
    assert client.get("/pupils/list/").status_code == 200


def test_a_session_ends_when_nothing_is_done(app: Any) -> None:
    with time_machine.travel(EVENING, tick=False) as clock:
        client = sign_in_by_form(app)
        for _ in range(3):
            clock.shift(timedelta(minutes=50))
            assert client.get("/pupils/list/").status_code == 200, "each page begins the hour anew"
        clock.shift(timedelta(minutes=61))
        assert is_out(client.get("/pupils/list/"))


def test_signing_out_is_a_post(app: Any) -> None:
    client = sign_in_by_form(app)
    assert client.get("/logout/").status_code == 302
    assert client.get("/pupils/list/").status_code == 200
    assert is_out(client.post("/logout/"))
    assert is_out(client.get("/pupils/list/"))


def test_a_forged_session_is_none(app: Any, world: Any) -> None:
    """The key of the session is the account's, not a number that anybody knows."""
    client = app.test_client()
    with client.session_transaction() as state:
        state["_user_id"], state["_fresh"] = str(world.account(LOGIN)), True
    assert is_out(client.get("/pupils/list/"))
    client.set_cookie("sgo_session", "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    assert is_out(client.get("/pupils/list/"))


def test_a_session_ends_however_busy_it_is(app: Any) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 0, tzinfo=UTC), tick=False) as clock:
        client = sign_in_by_form(app)
        for _ in range(24):
            clock.shift(timedelta(minutes=30))
            assert client.get("/me/").status_code == 200
        clock.shift(timedelta(minutes=1))
        assert is_out(client.get("/me/"))
        assert sign_in_by_form(app).get("/me/").status_code == 200


def copy_of(app: Any, client: Any) -> Any:
    """Another browser with the same cookie."""
    copied = app.test_client()
    copied.set_cookie("sgo_session", client.get_cookie("sgo_session").value)
    return copied


def test_a_copied_cookie_opens_nothing_after_signing_out(app: Any) -> None:
    here, elsewhere = sign_in_by_form(app), sign_in_by_form(app)
    copied = copy_of(app, here)
    assert copied.get("/pupils/list/").status_code == 200
    assert is_out(here.post("/logout/"))
    assert is_out(copied.get("/pupils/list/"))
    assert is_out(copied.post("/logout/"))
    assert elsewhere.get("/pupils/list/").status_code == 200, "another session of the same account goes on"


def test_what_is_kept_of_an_ended_session_makes_no_cookie_and_goes_in_time(app: Any, session: Any) -> None:
    with time_machine.travel(EVENING, tick=False) as clock:
        for _ in range(2):
            client = sign_in_by_form(app)
            with client.session_transaction() as state:
                mark = state["session_mark"]
            client.post("/logout/")
        kept = session.execute(select(ended_session)).all()
        assert len(kept) == 2
        assert mark not in str(kept)
        assert {row.until for row in kept} == {EVENING + timedelta(hours=12)}
        clock.shift(timedelta(hours=13))
        sign_in_by_form(app).post("/logout/")
        session.rollback()
        assert len(session.execute(select(ended_session)).all()) == 1


def test_signing_out_twice_at_once_is_one(app: Any, session: Any, world: Any) -> None:
    account = session.get(Account, world.account(LOGIN))
    for _ in range(2):
        accounts.sign_out(session, account, "0" * 64, datetime(2099, 1, 1, tzinfo=UTC))
    assert session.query(AuditEvent).filter_by(action=AuditAction.LOGOUT).count() == 1


def test_a_session_from_before_marks_is_over(app: Any) -> None:
    client = sign_in_by_form(app)
    with client.session_transaction() as state:
        del state["session_mark"]
    assert is_out(client.get("/pupils/list/"))


def test_who_asks_is_one_query(sign_in: Any, count_queries: list[str]) -> None:
    sign_in(LOGIN).get("/me/")
    assert len([asked for asked in count_queries if "ended_session" in asked]) == 1
    assert len([asked for asked in count_queries if "FROM ab_user" in asked and "ab_user.session_key" in asked]) == 1


@pytest.mark.parametrize(
    ("headers", "sent"),
    [({}, True), ({"Sec-Fetch-Mode": "navigate"}, True), ({"Sec-Fetch-Mode": "cors", "HX-Request": "true"}, True),
     ({"Sec-Fetch-Mode": "cors"}, False), ({"Sec-Fetch-Mode": "same-origin"}, False)],
)  # fmt: skip
def test_an_answer_to_a_script_sends_no_cookie(app: Any, headers: dict[str, str], sent: bool) -> None:
    """Coming late it would take away what saving has told meanwhile."""
    answer = sign_in_by_form(app).get("/classes/lookup?q=&page=1", headers=headers)
    assert answer.status_code == 200
    given = [cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie")]
    assert (app.config["SESSION_COOKIE_NAME"] in given) is sent, given
