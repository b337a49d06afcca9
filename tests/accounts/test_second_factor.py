"""The second factor: begun by its owner, asked after the password, good once, required by role, reset when lost."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from sqlalchemy import Engine, event, select

from app.clock import today
from app.models.accounts import Account
from app.models.accounts.appointments import Appointment
from app.models.accounts.second_factor_roles import SecondFactorRole
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.engine.second_factor import recovery_code, second_factor
from app.security.actor import SYSTEM
from app.security.guard import acting
from app.services.accounts import lockout, refusals, second_step
from app.services.accounts.second_factor import RECOVERY_CODES
from tests.panel.reading import body
from tests.support.world import PASSWORD

LOGIN, ADMINISTRATOR = "secretary.65001", "administrator.65001"
MORNING = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def password_step(app: Any, login: str = LOGIN, password: str = PASSWORD, **query: str) -> tuple[Any, Any]:
    client = app.test_client()
    data = {"username": login, "password": password}
    return client, client.post("/login/", data=data, query_string=query)


def code_step(client: Any, code: str, url: str = "/login/code") -> Any:
    return client.post(url, data={"code": code})


def now_code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(datetime.now(UTC) + steps * HALF_A_MINUTE)


def offer_of(page: str) -> tuple[str, str]:
    """The page's sealed offer, and the secret as one types it."""
    offer = re.search(r'name="offer"[^>]*value="([^"]+)"', page)
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
    assert offer
    assert secret
    return offer[1], secret[1].replace(" ", "")


def enrol(client: Any, url: str = "/second_factor/", **data: str) -> tuple[str, list[str], Any]:
    offer, secret = offer_of(client.get("/second_factor/").text)
    answer = client.post(url, data={"offer": offer, "code": now_code(secret), "password": PASSWORD} | data)
    return secret, re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", answer.text), answer


def enrolled(app: Any, clock: Any, login: str = LOGIN) -> tuple[str, list[str]]:
    """Somebody has a second factor; its next code is one that was not used."""
    client, answer = password_step(app, login)
    assert answer.status_code == 302
    secret, codes, answer = enrol(client)
    assert answer.status_code == 200, body(answer)
    clock.shift(2 * HALF_A_MINUTE)
    return secret, codes


def is_in(client: Any) -> bool:
    return client.get("/me/").status_code == 200


def require(session: Any, *roles: str, since: Any = None) -> None:
    with acting(session, SYSTEM):
        session.add_all([SecondFactorRole(role=role, valid_from=since or today()) for role in roles])
        session.commit()


def told(session: Any) -> list[str]:
    session.expire_all()
    events = select(AuditEvent).where(AuditEvent.action == AuditAction.SECOND_FACTOR).order_by(AuditEvent.id)
    return [each.record.partition(": ")[2] for each in session.scalars(events)]


# Begun by its owner.


def test_it_is_begun_with_a_picture_a_typed_secret_and_the_first_code(app: Any, session: Any, clock: Any) -> None:
    client, _ = password_step(app)
    page = client.get("/second_factor/").text
    assert "<svg" in page
    assert 'class="qr"' in page
    assert "style=" not in re.search(r"<svg.*?</svg>", page, re.DOTALL)[0], "the policy allows none"
    _, codes, answer = enrol(client)
    assert len(codes) == len(set(codes)) == RECOVERY_CODES
    assert "Второй фактор включён" in answer.text
    assert client.post("/second_factor/done").location == "/"
    assert "Второй фактор</dt><dd>включён" in client.get("/me/").text
    assert codes[0] not in client.get("/second_factor/").text
    assert told(session) == ["второй фактор: включён"]


def test_neither_the_secret_nor_a_code_stands_in_the_database(app: Any, session: Any, clock: Any) -> None:
    secret, codes = enrolled(app, clock)
    kept = [*session.execute(select(second_factor)).one(), *session.scalars(select(recovery_code.c.mac))]
    text = " ".join(map(str, kept)) + " ".join(f"{e.record} {e.changes}" for e in session.scalars(select(AuditEvent)))
    for hidden in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert hidden not in text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"code": "000000"}, second_step.WRONG_AT_FIRST),
        ({"code": ""}, "Введите код"),
        ({"password": "не тот пароль"}, "Пароль введён неверно"),
        ({"password": ""}, "Введите пароль"),
        ({"offer": "forged"}, second_step.STALE),
        ({"offer": ""}, second_step.STALE),
    ],
)
def test_what_is_wrong_at_the_first_code_begins_nothing(
    app: Any, session: Any, clock: Any, given: dict[str, str], words: str
) -> None:
    client, _ = password_step(app)
    _, codes, answer = enrol(client, **given)
    assert (answer.status_code, codes) == (422, [])
    assert words in answer.text
    assert session.execute(select(second_factor)).all() == []
    assert is_in(client)


def test_the_secret_stays_while_the_code_is_mistyped(app: Any, clock: Any) -> None:
    client, _ = password_step(app)
    offer, secret = offer_of(client.get("/second_factor/").text)
    again = client.post("/second_factor/", data={"offer": offer, "code": "111111", "password": PASSWORD})
    assert offer_of(again.text)[1] == secret


def test_nobody_is_given_anothers_secret(app: Any, session: Any, clock: Any) -> None:
    """An offer is of the account that it was made for, and not for ever."""
    other, _ = password_step(app, "hr.65001")
    offer, secret = offer_of(other.get("/second_factor/").text)
    client, _ = password_step(app)
    given = {"offer": offer, "code": now_code(secret), "password": PASSWORD}
    assert second_step.STALE in client.post("/second_factor/", data=given).text
    offer, secret = offer_of(client.get("/second_factor/").text)
    clock.shift(timedelta(minutes=61))
    client, _ = password_step(app)
    late = {"offer": offer, "code": now_code(secret), "password": PASSWORD}
    assert second_step.STALE in client.post("/second_factor/", data=late).text
    assert session.execute(select(second_factor)).all() == []


def test_a_second_one_is_not_begun_beside_it(app: Any, session: Any, clock: Any) -> None:
    client, _ = password_step(app)
    offer, secret = offer_of(client.get("/second_factor/").text)
    enrol(client)
    before = session.execute(select(second_factor)).one()
    client.post("/second_factor/", data={"offer": offer, "code": now_code(secret), "password": PASSWORD})
    session.rollback()
    assert session.execute(select(second_factor)).one() == before


def test_the_other_sessions_end_and_this_one_goes_on(app: Any, clock: Any) -> None:
    here, there = password_step(app)[0], password_step(app)[0]
    enrol(here)
    assert is_in(here)
    assert not is_in(there)


# Asked after the password.


def test_the_password_alone_opens_nothing(app: Any, clock: Any) -> None:
    secret, _ = enrolled(app, clock)
    client, answer = password_step(app)
    assert answer.location == "/login/code"
    for page in ("/", "/me/", "/second_factor/", "/pupils/list/"):
        assert client.get(page).location.startswith("/login/")
    assert client.post("/me/sessions").location.startswith("/login/")
    assert code_step(client, now_code(secret)).status_code == 302
    assert is_in(client)


def test_where_one_wanted_to_go_is_kept_through_both_steps(app: Any, clock: Any) -> None:
    secret, _ = enrolled(app, clock)
    client, answer = password_step(app, next="/pupils/list/?q=a")
    assert answer.location.startswith("/login/code?next=")
    assert code_step(client, now_code(secret), answer.location).location == "/pupils/list/?q=a"
    client, answer = password_step(app, next="//evil.test")
    clock.shift(2 * HALF_A_MINUTE)
    assert code_step(client, now_code(secret), answer.location).location == "/"


def test_a_typed_form_comes_back_through_both_steps(app: Any, session: Any, world: Any, clock: Any) -> None:
    secret, _ = enrolled(app, clock)
    client, _ = password_step(app)
    code_step(client, now_code(secret))
    owner = re.search(r'name="owner" value="([^"]+)"', client.get("/parents/add").text)[1]
    client.post("/logout/")
    typed = {"last_name": "Лосев", "first_name": "Пётр", "owner": owner}
    kept = re.search(r'name="kept" value="([^"]+)"', client.post("/parents/add", data=typed).text)[1]
    asked = client.post("/login/", data={"username": LOGIN, "password": PASSWORD, "kept": kept})
    assert asked.status_code == 200
    assert "не потеряно" in asked.text
    clock.shift(2 * HALF_A_MINUTE)
    wrong = client.post("/login/code", data={"code": "000000", "kept": kept})
    assert f'name="kept" value="{kept}"' in wrong.text
    back = client.post("/login/code", data={"code": now_code(secret), "kept": kept})
    assert 'value="Лосев"' in back.text
    assert is_in(client)


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}{1} ", "{0}-{1}"])
def test_a_code_may_be_typed_in_two_parts(app: Any, clock: Any, typed: str) -> None:
    secret, _ = enrolled(app, clock)
    code = now_code(secret)
    client, _ = password_step(app)
    assert code_step(client, typed.format(code[:3], code[3:])).status_code == 302


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 302), (0, 302), (1, 302), (2, 401)])
def test_a_phones_clock_may_be_off_by_half_a_minute(app: Any, clock: Any, steps: int, status: int) -> None:
    secret, _ = enrolled(app, clock)
    clock.shift(4 * HALF_A_MINUTE)
    client, _ = password_step(app)
    assert code_step(client, now_code(secret, steps)).status_code == status


def test_a_code_is_good_once_and_none_before_it(app: Any, clock: Any) -> None:
    secret, _ = enrolled(app, clock)
    code, before = now_code(secret), now_code(secret, -1)
    assert code_step(password_step(app)[0], code).status_code == 302
    for used in (code, before):
        refused = code_step(password_step(app)[0], used)
        assert refused.status_code == 401
        assert second_step.WRONG in refused.text
    clock.shift(HALF_A_MINUTE)
    assert code_step(password_step(app)[0], now_code(secret)).status_code == 302


def test_the_code_of_the_beginning_is_not_taken_at_the_door(app: Any, clock: Any) -> None:
    client, _ = password_step(app)
    secret, _, _ = enrol(client)
    assert code_step(password_step(app)[0], now_code(secret)).status_code == 401


def test_each_recovery_code_is_good_once(app: Any, session: Any, clock: Any) -> None:
    _, codes = enrolled(app, clock)
    for typed in (codes[0], codes[1].upper().replace("-", " ")):
        client = password_step(app)[0]
        assert code_step(client, typed).status_code == 302
        assert is_in(client)
        assert code_step(password_step(app)[0], typed).status_code == 401
    assert "восстановления: <strong>8</strong>" in client.get("/second_factor/").text
    assert told(session)[1:] == ["второй фактор: вход, код восстановления"] * 2


def test_a_recovery_code_is_its_owners_alone(app: Any, clock: Any) -> None:
    _, codes = enrolled(app, clock)
    enrolled(app, clock, "hr.65001")
    assert code_step(password_step(app, "hr.65001")[0], codes[0]).status_code == 401
    assert code_step(password_step(app)[0], codes[0]).status_code == 302


def test_the_password_waits_ten_minutes_for_its_code(app: Any, clock: Any) -> None:
    secret, _ = enrolled(app, clock)
    client, _ = password_step(app)
    clock.shift(timedelta(minutes=10))
    late = code_step(client, now_code(secret))
    assert late.status_code == 401
    assert "Время для кода вышло" in late.text
    assert code_step(app.test_client(), now_code(secret)).status_code == 401, "without a password at all"
    assert app.test_client().get("/login/code").status_code == 401


def test_a_password_that_was_changed_meanwhile_is_good_for_no_code(
    app: Any, session: Any, world: Any, clock: Any
) -> None:
    secret, _ = enrolled(app, clock)
    client, _ = password_step(app)
    session.get(Account, world.account(LOGIN)).session_key = "another"
    session.commit()
    assert code_step(client, now_code(secret)).status_code == 401


def test_a_wrong_password_says_the_same_whether_there_is_a_second_factor(app: Any, clock: Any) -> None:
    enrolled(app, clock)

    def words(login: str) -> str:
        return re.sub(r'(nonce|value)="[^"]*"', "", password_step(app, login, "не тот пароль")[1].text)

    assert words(LOGIN) == words("hr.65001") == words("nobody.at.all")


def test_a_wrong_password_costs_the_same_whether_there_is_a_second_factor(
    app: Any, clock: Any, session: Any, world: Any
) -> None:
    """The same hashes and the same statements: what is asked of a second factor is asked after the right password."""
    enrolled(app, clock)
    costs = []
    for login in (LOGIN, "hr.65001"):
        statements: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any, seen: list[str] = statements) -> None:
            seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            assert password_step(app, login, "не тот пароль")[1].status_code == 401
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        costs.append(statements)
    assert costs[0] == costs[1]
    assert not any("second_factor" in statement for statement in costs[0])


# Counted by the lock.


def test_wrong_codes_lock_the_account_and_the_password_forgives_none(
    app: Any, session: Any, world: Any, clock: Any
) -> None:
    """Otherwise whoever has the password would guess codes for ever, four at a time."""
    secret, _ = enrolled(app, clock)
    for _ in range(lockout.FAILURES_BEFORE_LOCK):
        client, answer = password_step(app)
        assert answer.status_code == 302
        assert code_step(client, "000000").status_code == 401
    assert password_step(app)[1].status_code == 401, "locked"
    assert code_step(client, now_code(secret)).status_code == 401
    session.expire_all()
    assert session.get(Account, world.account(LOGIN)).locked_until is not None
    clock.shift(timedelta(minutes=2))
    client, answer = password_step(app)
    assert code_step(client, now_code(secret)).status_code == 302
    session.expire_all()
    assert session.get(Account, world.account(LOGIN)).failed_logins == 0


def test_an_address_that_was_refused_too_often_waits_at_both_steps(app: Any, clock: Any) -> None:
    secret, _ = enrolled(app, clock)
    client, _ = password_step(app)
    for number in range(refusals.MOST):
        password_step(app, f"nobody{number}")
    waits = code_step(client, now_code(secret))
    assert waits.status_code == 429
    assert "слишком много неверных попыток" in waits.text
    clock.shift(refusals.WINDOW)
    assert code_step(client, now_code(secret)).status_code == 302


def test_in_an_open_session_wrong_codes_lock_too(app: Any, session: Any, world: Any, clock: Any) -> None:
    secret, _ = enrolled(app, clock)
    client, _ = password_step(app)
    code_step(client, now_code(secret))
    for _ in range(lockout.FAILURES_BEFORE_LOCK):
        assert client.post("/second_factor/off", data={"code": "000000"}).status_code == 422
    clock.shift(2 * timedelta(seconds=15))
    assert client.post("/second_factor/off", data={"code": now_code(secret)}).status_code == 422
    assert session.execute(select(second_factor)).all()


# Kept and left by its owner.


def test_new_recovery_codes_end_the_former_ones(app: Any, session: Any, clock: Any) -> None:
    secret, codes = enrolled(app, clock)
    client, _ = password_step(app)
    code_step(client, codes[0])
    answer = client.post("/second_factor/codes", data={"code": now_code(secret)})
    new = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", answer.text)
    assert len(new) == RECOVERY_CODES
    assert not set(new) & set(codes)
    assert code_step(password_step(app)[0], codes[1]).status_code == 401
    assert code_step(password_step(app)[0], new[0]).status_code == 302
    assert "второй фактор: коды восстановления выданы заново" in told(session)


def test_it_is_left_with_a_code(app: Any, session: Any, clock: Any) -> None:
    secret, codes = enrolled(app, clock)
    client, _ = password_step(app)
    code_step(client, codes[0])
    wrong = client.post("/second_factor/off", data={"code": "123456"})
    assert (wrong.status_code, second_step.WRONG in wrong.text) == (422, True)
    assert client.post("/second_factor/off", data={"code": now_code(secret)}).location == "/me/"
    assert password_step(app)[1].location == "/"
    assert session.execute(select(recovery_code)).all() == []
    assert told(session)[-1] == "второй фактор: отключён владельцем"


# Required by role.


def test_who_needs_one_does_nothing_before(app: Any, session: Any, clock: Any) -> None:
    require(session, "secretary")
    client, _ = password_step(app)
    for page in ("/", "/me/", "/pupils/list/", "/help/"):
        assert client.get(page).location == "/second_factor/"
    assert client.post("/parents/add", data={"last_name": "Лосев"}).location == "/second_factor/"
    page = client.get("/second_factor/").text
    assert "Ваша роль входит только со вторым фактором" in page
    assert "/help/" not in page
    assert client.get("/password/").status_code == 200
    _, codes, _ = enrol(client)
    assert len(codes) == RECOVERY_CODES
    assert is_in(client)
    refused = client.post("/second_factor/off", data={"code": codes[0]})
    assert (refused.status_code, second_step.NEEDED in refused.text) == (422, True)
    assert password_step(app, "hr.65001")[1].status_code == 302
    assert is_in(password_step(app, "hr.65001")[0]), "another role"


def test_an_initial_password_is_changed_first(app: Any, session: Any, world: Any, clock: Any) -> None:
    require(session, "secretary")
    session.get(Account, world.account(LOGIN)).must_change_password = True
    session.commit()
    client, _ = password_step(app)
    assert client.get("/second_factor/").location == "/password/"
    assert client.get("/").location == "/password/"


def test_it_is_required_from_its_day_and_of_a_role_in_force(app: Any, session: Any, world: Any, clock: Any) -> None:
    require(session, "secretary", since=(MORNING + timedelta(days=2)).date())
    assert is_in(password_step(app)[0])
    clock.shift(timedelta(days=2))
    assert not is_in(password_step(app)[0])
    given = session.query(Appointment).filter_by(account_id=world.account(LOGIN)).one()
    given.valid_to = MORNING.date()
    session.commit()
    assert is_in(password_step(app)[0])


def test_the_operator_may_be_asked_for_one_too(app: Any, session: Any, clock: Any) -> None:
    require(session, "Admin")
    assert not is_in(password_step(app, "operator")[0])


def test_a_typed_form_comes_back_after_the_first_code(app: Any, session: Any, clock: Any) -> None:
    client, _ = password_step(app)
    owner = re.search(r'name="owner" value="([^"]+)"', client.get("/parents/add").text)[1]
    client.post("/logout/")
    require(session, "secretary")
    typed = {"last_name": "Лосев", "first_name": "Пётр", "owner": owner}
    kept = re.search(r'name="kept" value="([^"]+)"', client.post("/parents/add", data=typed).text)[1]
    page = client.post("/login/", data={"username": LOGIN, "password": PASSWORD, "kept": kept}).text
    offer, secret = offer_of(page)
    given = {"offer": offer, "code": now_code(secret), "password": PASSWORD, "kept": kept}
    shown = client.post("/second_factor/", data=given)
    assert f'name="kept" value="{kept}"' in shown.text
    assert 'value="Лосев"' in client.post("/second_factor/done", data={"kept": kept}).text


ROLES = {"regional": 302, "operator": 302, "director.65001": 403, "administrator.65001": 403, "secretary.65001": 403}


@pytest.mark.parametrize("login", ROLES)
def test_the_region_says_which_roles_need_one(sign_in: Any, session: Any, login: str) -> None:
    client = sign_in(login)
    answer = client.post("/second_factor_roles/add", data={"role": "director", "valid_from": "01.03.2026"})
    assert answer.status_code == ROLES[login]
    found = session.scalars(select(SecondFactorRole)).all()
    assert len(found) == (ROLES[login] == 302)
    if found:
        assert "Директор" in body(client.get("/second_factor_roles/list/"))
        assert client.post(f"/second_factor_roles/delete/{found[0].id}", data={"version": "1"}).status_code == 302
        session.expire_all()
        assert session.scalars(select(SecondFactorRole)).all() == []


@pytest.mark.parametrize("given", [{"role": "student"}, {"role": "nobody"}, {"role": ""}, {"valid_from": "завтра"}])
def test_a_role_that_there_is_not_is_refused(sign_in: Any, session: Any, given: dict[str, str]) -> None:
    data = {"role": "director", "valid_from": "01.03.2026"} | given
    assert sign_in("regional").post("/second_factor_roles/add", data=data).status_code == 422
    assert session.scalars(select(SecondFactorRole)).all() == []


# Reset when it is lost.


def test_who_manages_the_account_resets_it_and_its_sessions_end(
    app: Any, session: Any, world: Any, sign_in: Any, clock: Any
) -> None:
    _, codes = enrolled(app, clock)
    key, client, thiefs = world.account(LOGIN), password_step(app)[0], password_step(app)[0]
    code_step(thiefs, codes[0])
    administrator = sign_in(ADMINISTRATOR)
    assert is_in(thiefs)
    assert "Сбросить второй фактор" in administrator.get(f"/accounts/show/{key}").text
    assert administrator.post(f"/accounts/reset_second_factor/{key}").location == f"/accounts/show/{key}"
    assert not is_in(thiefs)
    assert code_step(client, "000000").status_code == 401, "a password from before is good for nothing"
    assert "Сбросить второй фактор" not in administrator.get(f"/accounts/show/{key}").text
    assert administrator.post(f"/accounts/reset_second_factor/{key}").status_code == 409, "pressed twice"
    again, answer = password_step(app)
    assert answer.location == "/"
    assert is_in(again)
    assert session.execute(select(second_factor)).all() == session.execute(select(recovery_code)).all() == []
    for page in ("/", "/me/"):
        assert "Второй фактор вашей учётной записи сбросил другой человек: Сотрудников Борис" in again.get(page).text
        assert "вашей учётной записи сбросил" not in administrator.get(page).text
    noted = session.scalars(select(AuditEvent).where(AuditEvent.record.endswith("сброшен"))).one()
    assert (noted.account_id, noted.record_id) == (world.account(ADMINISTRATOR), key)


NO_AUTHORITY = {"director.65001": 403, "hr.65001": 403, "administrator.65003": 404, "regional": 403}


@pytest.mark.parametrize("login", NO_AUTHORITY)
def test_nobody_else_resets_it(app: Any, session: Any, world: Any, sign_in: Any, clock: Any, login: str) -> None:
    enrolled(app, clock)
    answer = sign_in(login).post(f"/accounts/reset_second_factor/{world.account(LOGIN)}")
    assert answer.status_code == NO_AUTHORITY[login]
    assert session.execute(select(second_factor)).all()


def test_an_account_that_gives_more_is_beyond_the_school(
    app: Any, session: Any, world: Any, sign_in: Any, clock: Any
) -> None:
    enrolled(app, clock)
    key = world.account(LOGIN)
    order = {"order_number": "77", "order_date": MORNING.date(), "valid_from": MORNING.date()}
    with acting(session, SYSTEM):
        session.add(Appointment(account_id=key, role="regional", **order))
        session.commit()
    assert sign_in(ADMINISTRATOR).post(f"/accounts/reset_second_factor/{key}").status_code == 403
    assert session.execute(select(second_factor)).all()
    assert sign_in("operator").post(f"/accounts/reset_second_factor/{key}").status_code == 302
    assert session.execute(select(second_factor)).all() == []


def test_nobody_resets_ones_own(app: Any, session: Any, world: Any, clock: Any) -> None:
    _, codes = enrolled(app, clock, ADMINISTRATOR)
    key, client = world.account(ADMINISTRATOR), password_step(app, ADMINISTRATOR)[0]
    code_step(client, codes[0])
    assert "Сбросить второй фактор" not in client.get(f"/accounts/show/{key}").text
    answer = client.post(f"/accounts/reset_second_factor/{key}")
    assert (answer.status_code, second_step.OWN in answer.text) == (409, True)
    assert session.execute(select(second_factor)).all()


def test_the_operators_is_reset_by_a_command(app: Any, session: Any, clock: Any) -> None:
    enrolled(app, clock, "operator")
    runner = app.test_cli_runner()
    done = runner.invoke(args=["user", "reset-second-factor", "--login", "Operator"])
    assert done.exit_code == 0, done.output
    assert "сброшен" in done.output
    assert password_step(app, "operator")[1].location == "/"
    assert told(session)[-1] == "второй фактор: сброшен"
    for login, words in (("operator", "второго фактора нет"), ("nobody.at.all", "нет")):
        refused = runner.invoke(args=["user", "reset-second-factor", "--login", login])
        assert refused.exit_code == 2
        assert words in refused.output


def test_another_key_of_the_panel_is_no_fault(app: Any, session: Any, clock: Any) -> None:
    """The secrets cannot be opened any more: a refusal in words, and a reset helps."""
    secret, codes = enrolled(app, clock)
    session.execute(second_factor.update().values(secret="gAAAAAforeign"))
    session.commit()
    assert code_step(password_step(app)[0], now_code(secret)).status_code == 401
    assert code_step(password_step(app)[0], codes[0]).status_code == 302
