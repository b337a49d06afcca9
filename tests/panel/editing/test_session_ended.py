"""The session ended while a form was open: after signing in the form is back, and nothing was saved meanwhile."""

import base64
import contextlib
import re
import zlib
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine

from app.models.accounts import Account
from app.models.directories.people import Position
from app.models.movement import MovementOrder
from app.models.people import Pupil
from app.web import resumed_form
from tests.support.world import PASSWORD

SCHOOL = "65001"
SECRETARY, HR = f"secretary.{SCHOOL}", f"hr.{SCHOOL}"
ENDED = "Сеанс закончился. Войдите: введённое не потеряно."
BACK = "Сеанс закончился, введённое на месте. Проверьте и сохраните."
MARCH = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
INPUT = re.compile(r"<input[^>]*>")


@pytest.fixture(autouse=True)
def strict(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are asked for, as in an installation."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


def inputs(page: str) -> dict[str, str]:
    """The hidden and text inputs of a page, by name."""
    found = {}
    for tag in INPUT.findall(page):
        given = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if "name" in given and given.get("type") not in ("checkbox", "radio"):
            found[given["name"]] = given.get("value", "")
    return found


def form_of(client: Any, address: str) -> dict[str, str]:
    page = client.get(address).text
    return inputs(page[page.index('id="edit-form"') :])


def end_session(client: Any) -> None:
    client.delete_cookie("sgo_session")


def enter(client: Any, asked: Any, login: str = SECRETARY, password: str = PASSWORD) -> Any:
    """Fill in the login page that was answered and send it where it says."""
    page = asked.text
    address = re.search(r'<form method="post"[^>]* action="([^"]+)"', page)[1]
    carried = {name: inputs(page)[name] for name in ("csrf_token", "kept")}
    return client.post(address, data=carried | {"username": login, "password": password})


def go_on(client: Any, entered: Any) -> Any:
    """What the script of the page does at once, or the person by its button."""
    assert entered.status_code == 200
    assert "Вернуться к форме" in entered.text
    target = unescape(re.search(r'action="([^"]+)" id="resume"', entered.text)[1])
    part = entered.text[entered.text.index('id="resume"') :]
    return client.post(target, data=inputs(part[: part.index("</form>")]))


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    with time_machine.travel(MARCH, tick=False):
        yield sign_in(SECRETARY)


@pytest.fixture
def order(secretary: Any, world: Any) -> dict[str, Any]:
    """An order with two pupils as a browser sends it; rows that were added and removed leave gaps in the numbers."""
    opened = form_of(secretary, "/movement_orders/add")
    typed = {name: opened[name] for name in ("csrf_token", "owner", "submission")}
    typed |= {"kind": "departure", "number": "14-у", "order_date": "2026-02-27", "note": 'Строка 1\r\n<b>"2"</b>'}
    for number, name in ((0, "Иванов"), (104, "Белых")):
        typed[f"lines-{number}-pupil"] = str(world.pupils[(SCHOOL, name)])
        typed[f"lines-{number}-event_date"] = "2026-02-26"
        typed[f"lines-{number}-counterpart"] = f"г. Невельск, {name}"
    return typed


def test_an_order_comes_back_with_its_lines(secretary: Any, order: Any, session: Any) -> None:
    end_session(secretary)
    asked = secretary.post("/movement_orders/add?pupil=", data=order)
    assert asked.status_code == 401
    assert ENDED in asked.text
    back = go_on(secretary, enter(secretary, asked))

    assert back.status_code == 200
    assert BACK in back.text
    assert "data-dirty" in back.text
    assert "Исправьте" not in back.text
    for text in ("14-у", "г. Невельск, Иванов", "г. Невельск, Белых"):
        assert f'value="{text}"' in back.text
    for name in ("Иванов", "Белых"):
        assert re.search(rf"<option [^>]*selected>{name} ", back.text)
    assert "Строка 1\n&lt;b&gt;&#34;2&#34;&lt;/b&gt;" in back.text.replace("\r", "")
    assert session.query(MovementOrder).count() == 0

    typed = order | {name: inputs(back.text)[name] for name in ("csrf_token", "owner", "submission")}
    assert typed["submission"] == order["submission"]
    assert secretary.post("/movement_orders/add", data=typed).status_code == 302
    assert len(session.query(MovementOrder).one().lines) == 2


def test_a_changed_card_comes_back(secretary: Any, session: Any, world: Any) -> None:
    address = f"/pupils/edit/{world.pupils[(SCHOOL, 'Иванов')]}"
    typed = form_of(secretary, address) | {"address": "г. Холмск, ул. Советская, 1", "birth_date": "когда-то"}
    end_session(secretary)
    back = go_on(secretary, enter(secretary, secretary.post(address, data=typed)))
    assert back.status_code == 200
    assert ">\r\nг. Холмск, ул. Советская, 1</textarea>" in back.text
    assert 'value="когда-то"' in back.text, "a mistake is what was typed too"
    assert session.query(Pupil).filter(Pupil.address.is_not(None)).count() == 0
    again = typed | inputs(back.text) | {"birth_date": "2013-04-11"}
    assert again["version"] == typed["version"]
    assert secretary.post(address, data=again).status_code == 302


def test_somebody_changed_the_card_meanwhile(secretary: Any, sign_in: Any, world: Any) -> None:
    """The form comes back with the version that it was opened with: the difference is told on saving."""
    address = f"/pupils/edit/{world.pupils[(SCHOOL, 'Иванов')]}"
    typed = form_of(secretary, address) | {"address": "А"}
    other = sign_in(SECRETARY)
    assert other.post(address, data=form_of(other, address) | {"address": "Б"}).status_code == 302
    end_session(secretary)
    back = go_on(secretary, enter(secretary, secretary.post(address, data=typed)))
    assert secretary.post(address, data=typed | inputs(back.text)).status_code == 409


def test_the_reason_of_an_annulment_comes_back(secretary: Any, order: Any, session: Any) -> None:
    secretary.post("/movement_orders/add", data=order)
    made = session.query(MovementOrder).one()
    address = f"/movement_orders/annul/{made.id}"
    typed = form_of(secretary, address) | {"annulment_reason": "ошибка в дате"}
    end_session(secretary)
    back = go_on(secretary, enter(secretary, secretary.post(address, data=typed)))
    assert BACK in back.text
    assert "ошибка в дате" in back.text
    session.expire_all()
    assert made.annulled_on is None
    again = typed | {name: inputs(back.text)[name] for name in ("csrf_token", "owner")}
    assert secretary.post(address, data=again).status_code == 302


def test_a_wrong_password_loses_nothing(secretary: Any, order: Any) -> None:
    end_session(secretary)
    asked = secretary.post("/movement_orders/add", data=order)
    for _ in range(2):
        asked = enter(secretary, asked, password="не тот пароль")
        assert asked.status_code == 401
        assert ENDED in asked.text
    assert 'value="14-у"' in go_on(secretary, enter(secretary, asked)).text


def test_a_stale_login_page_loses_nothing(secretary: Any, order: Any, app: Any) -> None:
    """The button pressed twice, or the page left open until the browser's session was gone."""
    end_session(secretary)
    asked = secretary.post("/movement_orders/add", data=order)
    end_session(secretary)
    again = enter(secretary, asked)
    assert again.status_code == 401
    assert "устарела" in again.text
    assert 'value="14-у"' in go_on(secretary, enter(secretary, again)).text
    assert 'value="14-у"' in go_on(secretary, enter(secretary, again)).text, "signed in already"


def test_another_account_gets_nothing_of_it(secretary: Any, order: Any) -> None:
    end_session(secretary)
    entered = enter(secretary, secretary.post("/movement_orders/add", data=order), login=HR)
    assert (entered.status_code, entered.location) == (302, "/")
    home = secretary.get("/").text
    assert "Форма принадлежала другому человеку и не восстановлена." in home
    assert "14-у" not in home


@pytest.mark.parametrize("spoil", [lambda text: text[:-3] + "abc", lambda text: "A" + text, lambda text: "{}"])
def test_a_spoilt_form_is_dropped(secretary: Any, order: Any, spoil: Any) -> None:
    end_session(secretary)
    carried = inputs(secretary.post("/movement_orders/add", data=order).text)
    data = {"username": SECRETARY, "password": PASSWORD, "csrf_token": carried["csrf_token"]}
    entered = secretary.post("/login/", data=data | {"kept": spoil(carried["kept"])})
    assert (entered.status_code, entered.location) == (302, "/")
    assert "восстановить не удалось" in secretary.get("/").text


def test_a_form_is_kept_for_a_day(sign_in: Any, app: Any) -> None:
    with time_machine.travel(MARCH, tick=False) as clock:
        client = sign_in(SECRETARY)
        typed = form_of(client, "/pupils/add") | {"last_name": "Новых"}
        clock.shift(timedelta(minutes=61))  # the session of an hour, not a deleted cookie
        asked = client.post("/pupils/add", data=typed)
        assert asked.status_code == 401
        clock.shift(timedelta(hours=23))
        again = enter(client, asked)  # the login page has a session of an hour too
        assert 'value="Новых"' in go_on(client, enter(client, again)).text
        end_session(client)
        asked = client.post("/pupils/add", data=typed)
        clock.shift(timedelta(hours=25))
        token = inputs(client.get("/login/").text)["csrf_token"]
        data = {"username": SECRETARY, "password": PASSWORD, "csrf_token": token, "kept": inputs(asked.text)["kept"]}
        assert client.post("/login/", data=data).location == "/"
        assert "прошло больше суток" in client.get("/").text


def test_with_a_new_one_time_password_it_comes_back_too(secretary: Any, order: Any, session: Any, world: Any) -> None:
    """The password was forgotten; the administrator gave another, which has to be changed first."""
    account = session.get(Account, world.account(SECRETARY))
    account.must_change_password = True
    session.commit()
    end_session(secretary)
    changing = enter(secretary, secretary.post("/movement_orders/add", data=order))
    assert "Придумайте свой пароль" in changing.text
    given = {name: inputs(changing.text)[name] for name in ("csrf_token", "kept")}
    wrong = secretary.post("/password/", data=given | {"new": "a", "confirm": "b"})
    given = {name: inputs(wrong.text)[name] for name in ("csrf_token", "kept")}
    new = "рыжая лиса бежит"
    changed = secretary.post("/password/", data=given | {"new": new, "confirm": new})
    assert 'value="14-у"' in go_on(secretary, changed).text


def test_a_token_of_an_earlier_session(secretary: Any, order: Any, session: Any, sign_in: Any) -> None:
    """Signed in again in another tab: the form is shown once more and goes with its new token."""
    client = sign_in(SECRETARY)
    for token in ("", "junk", order["csrf_token"]):
        back = client.post("/movement_orders/add", data=order | {"csrf_token": token})
        assert back.status_code == 200
        assert BACK in back.text
        assert 'value="г. Невельск, Белых"' in back.text
    assert session.query(MovementOrder).count() == 0
    again = order | {"csrf_token": inputs(back.text)["csrf_token"]}
    assert client.post("/movement_orders/add", data=again).status_code == 302


def test_a_form_of_another_account_is_not_taken_over(order: Any, sign_in: Any, session: Any) -> None:
    client = sign_in(f"administrator.{SCHOOL}")
    for mark in (order["owner"], "", "junk"):
        refused = client.post("/movement_orders/add", data=order | {"owner": mark})
        assert refused.status_code == 400
        assert "Форма устарела" in refused.text
        assert "14-у" not in refused.text
    assert session.query(MovementOrder).count() == 0


NAMED = {"SlipsView.index": "?pupils=1"}
"""Whom a page is about, where its address says it in its query."""


@pytest.mark.parametrize("token", [True, False])
def test_nothing_is_saved_on_coming_back(
    app: Any, sign_in: Any, world: Any, session: Any, count_queries: list[str], token: bool
) -> None:
    """Every address that takes a POST, whoever made the request: `resume` shows or refuses."""
    client = sign_in(f"administrator.{SCHOOL}")
    opened = form_of(client, "/positions/add")
    given = {name: opened[name] for name in ("csrf_token", "owner")} | {"resume": "1", "title": "Логопед"}
    given |= {"action": "delete", "rowid": "1", "confirmed": "1", "annulment_reason": "x", "name": "y"}
    adapter = app.url_map.bind("localhost")
    spared = {"AuthView.login", "AuthView.logout"}
    count_queries.clear()
    for rule in app.url_map.iter_rules():
        if "POST" in rule.methods and rule.endpoint not in spared:
            address = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "1"), method="POST")
            address += NAMED.get(rule.endpoint, "")
            answer = client.post(address, data=given if token else given | {"csrf_token": "junk"})
            shown = rule.endpoint in app.extensions[resumed_form.FIELD]
            assert answer.status_code in ((200, 403, 404) if shown else (400,)), address
    assert [text for text in count_queries if text.startswith(("INSERT", "UPDATE", "DELETE"))] == []
    assert session.query(Position).count() == 3


@pytest.mark.parametrize("mark", ["", "junk", "MQ.AAAA"])
def test_without_a_true_mark_one_is_just_asked_to_sign_in(app: Any, order: Any, mark: str) -> None:
    answer = app.test_client().post("/movement_orders/add", data=order | {"owner": mark})
    assert (answer.status_code, answer.location) == (302, "/login/")


def test_a_button_that_cannot_come_back_leads_to_its_page(secretary: Any, order: Any, world: Any) -> None:
    pk = world.pupils[(SCHOOL, "Иванов")]
    end_session(secretary)
    for address, page in ((f"/pupils/delete/{pk}", f"/pupils/delete/{pk}"), ("/pupils/bulk", "/pupils/list/?q=a")):
        came = {"Referer": f"http://localhost{page}"}
        answer = secretary.post(address, data={"owner": order["owner"]}, headers=came)
        assert answer.status_code == 302
        login = answer.location
        token = inputs(secretary.get(login).text)["csrf_token"]
        data = {"username": SECRETARY, "password": PASSWORD, "csrf_token": token}
        assert secretary.post(login, data=data).location == page
        end_session(secretary)
    foreign = {"Referer": "http://evil.test/pupils/list/"}
    assert secretary.post("/pupils/bulk", headers=foreign).location == "/login/"


def test_a_script_is_told_in_its_own_way(app: Any, order: Any) -> None:
    answer = app.test_client().post("/pupils/add", data=order, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 401
    assert "Сеанс закончился" in answer.get_json()["error"]


def test_what_is_typed_stays_in_the_page(secretary: Any, order: Any, session: Any, caplog: Any) -> None:
    end_session(secretary)
    asked = secretary.post("/movement_orders/add", data=order)
    entered = enter(secretary, asked)
    for answer in (asked, entered):
        assert "no-store" in answer.headers["Cache-Control"]
        assert "Location" not in answer.headers
        assert len(answer.headers.get("Set-Cookie", "")) < 550
    assert "14-у" not in caplog.text


def test_no_password_is_kept(sign_in: Any) -> None:
    client = sign_in("operator")
    typed = form_of(client, "/accounts/add") | {"username": "новый", "initial_password": "одноразовый секрет"}
    end_session(client)
    entered = enter(client, client.post("/accounts/add", data=typed), login="operator")
    assert "одноразовый секрет" not in entered.text
    back = go_on(client, entered)
    assert 'value="новый"' in back.text
    assert "одноразовый секрет" not in back.text


def test_a_form_too_large_to_carry_waits_in_its_tab(
    secretary: Any, order: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resumed_form, "LARGEST", 100)
    end_session(secretary)
    asked = secretary.post("/movement_orders/add", data=order)
    assert asked.status_code == 401
    assert "обновите страницу" in asked.text
    assert "kept" not in inputs(asked.text)
    other_tab = sign_in(SECRETARY)
    assert 'value="14-у"' in other_tab.post("/movement_orders/add", data=order).text


def test_an_order_of_a_whole_school_is_not_too_large(secretary: Any, order: Any) -> None:
    lines = {
        f"lines-{number}-{name}": text
        for number in range(400)
        for name, text in (
            ("pupil", str(700_000 + number * 37)),
            ("event_date", "2026-02-26"),
            ("to_class", str(3000 + number % 40)),
            ("counterpart", f"МБОУ СОШ № {number} г. Южно-Сахалинска"),
            ("reason", f"заявление № {number * 13} от 20.02.2026"),
        )
    }
    end_session(secretary)
    asked = secretary.post("/movement_orders/add", data=order | lines)
    assert 1000 < len(inputs(asked.text)["kept"]) < resumed_form.LARGEST / 10


def test_a_kept_form_is_read_by_the_panel_alone(secretary: Any, order: Any) -> None:
    """The login page may be saved or lie in a cache: it holds none of what was typed, not even packed."""
    end_session(secretary)
    kept = inputs(secretary.post("/movement_orders/add", data=order).text)["kept"]
    for part in (kept, kept.partition(".")[0], kept.lstrip(".").partition(".")[0]):
        given = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        for unpack in (bytes, zlib.decompress):
            with contextlib.suppress(zlib.error):
                assert "Невельск".encode() not in unpack(given)
                assert rb"\u041d\u0435\u0432" not in unpack(given)


def test_a_tick_comes_back_with_its_form(sign_in: Any, session: Any) -> None:
    """What was confirmed before the session ended is not asked again, unless the value is another one."""
    client = sign_in(SECRETARY)
    typed = form_of(client, "/pupils/add") | {"last_name": "Старых", "first_name": "Олег", "birth_date": "03.02.1989"}
    asked = client.post("/pupils/add", data=typed)
    assert asked.status_code == 422
    tick = re.search(r'name="confirm" value="([^"]+)"', asked.text)[1]
    end_session(client)
    back = go_on(client, enter(client, client.post("/pupils/add", data=typed | {"confirm": tick})))
    form = inputs(back.text[back.text.index('id="edit-form"') :])
    assert form["confirm"] == tick
    assert session.query(Pupil).filter_by(last_name="Старых").count() == 0
    assert client.post("/pupils/add", data=form | {"birth_date": "04.02.1989"}).status_code == 422
    assert client.post("/pupils/add", data=form).status_code == 302
    session.rollback()
    assert session.query(Pupil).filter_by(last_name="Старых").count() == 1
