"""Sent twice, saved by two: one record, and every difference told."""

import re
import threading
from html import unescape
from typing import Any

import pytest

from app.models.accounts import Account
from app.models.people import Pupil
from tests.support.clients import signed_in
from tests.support.world import PASSWORD

SCHOOL = "65001"
SECRETARY = f"secretary.{SCHOOL}"


def hidden(page: Any, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.text)[0]
    return unescape(re.search(r'value="([^"]*)"', tag)[1])


def test_a_double_submit_makes_one_record(sign_in: Any, session: Any) -> None:
    client = sign_in(SECRETARY)
    data = {"last_name": "Новых", "first_name": "Олег", "birth_date": "2015-02-03"}
    data["submission"] = hidden(client.get("/pupils/add"), "submission")
    first, second = client.post("/pupils/add", data=data), client.post("/pupils/add", data=data)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert session.query(Pupil).filter_by(last_name="Новых").count() == 1

    other = client.post("/pupils/add", data=data | {"first_name": "Иван"})
    assert other.status_code == 422
    assert 'value="Иван"' in other.text
    again = data | {"first_name": "Иван", "submission": hidden(other, "submission")}
    assert client.post("/pupils/add", data=again).status_code == 302


def test_a_refused_form_may_be_sent_again(sign_in: Any, session: Any) -> None:
    client = sign_in(SECRETARY)
    data = {"last_name": "Новых", "first_name": "Олег", "birth_date": "2015-02-03", "snils": "112-233-445 95"}
    assert client.post("/pupils/add", data=data).status_code == 302
    data["submission"] = hidden(client.get("/pupils/add"), "submission")
    assert client.post("/pupils/add", data=data).status_code == 422
    assert client.post("/pupils/add", data=data | {"snils": "", "first_name": "Глеб"}).status_code == 302


def test_two_sendings_at_once_make_one_record(app: Any, world: Any, sign_in: Any, session: Any) -> None:
    token = hidden(sign_in(SECRETARY).get("/pupils/add"), "submission")
    data = {"last_name": "Новых", "first_name": "Олег", "birth_date": "2015-02-03", "submission": token}
    clients, codes = [signed_in(app, world, SECRETARY) for _ in range(2)], []
    start = threading.Barrier(2)

    def send(client: Any) -> None:
        start.wait()
        codes.append(client.post("/pupils/add", data=data).status_code)

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [302, 302]
    assert session.query(Pupil).filter_by(last_name="Новых").count() == 1


def test_what_only_the_other_changed_is_taken_over(sign_in: Any, session: Any, world: Any) -> None:
    client, pk = sign_in(SECRETARY), world.pupils[(SCHOOL, "Иванов")]
    opened = client.get(f"/pupils/edit/{pk}")
    data = {"last_name": "Иванов", "first_name": "Пётр", "birth_date": "2013-04-11"}
    data |= {name: hidden(opened, name) for name in ("version", "base")}
    data |= dict.fromkeys(("phone", "address", "email"), "")
    assert client.post(f"/pupils/edit/{pk}", data=data | {"phone": "89141234567", "address": "А"}).status_code == 302

    second = client.post(f"/pupils/edit/{pk}", data=data | {"address": "Б", "email": "a@b.ru"})
    assert second.status_code == 409
    for text in ("Было", "Что будет", "останется новое", "изменили оба", "сохранится ваше"):
        assert text in second.text
    assert 'value="+7 914 123-45-67"' in second.text
    fresh = {name: hidden(second, name) for name in ("version", "base", "phone")}
    saved = client.post(f"/pupils/edit/{pk}", data=data | {"address": "Б", "email": "a@b.ru"} | fresh)
    assert saved.status_code == 302
    pupil = session.get(Pupil, pk)
    assert (pupil.phone, pupil.address, pupil.email) == ("+7 914 123-45-67", "Б", "a@b.ru")


def test_of_two_who_save_an_account_the_second_is_told(sign_in: Any, app: Any, session: Any, world: Any) -> None:
    """Signing in is no change of the account: it makes no conflict."""
    login = f"hr.{SCHOOL}"
    client, pk = sign_in("operator"), world.account(login)
    opened = client.get(f"/accounts/edit/{pk}")
    data = {"active": "y"}
    data |= {name: hidden(opened, name) for name in ("version", "base")}
    assert app.test_client().post("/login/", data={"username": login, "password": PASSWORD}).status_code == 302
    assert client.post(f"/accounts/edit/{pk}", data=data | {"email": "first@test.invalid"}).status_code == 302
    assert client.post(f"/accounts/edit/{pk}", data=data | {"email": "second@test.invalid"}).status_code == 409
    assert session.get(Account, pk).email == "first@test.invalid"


@pytest.mark.parametrize("version", [None, "", "0", "²", "1.0", "9" * 5000])
def test_who_does_not_say_what_was_opened_overwrites_nothing(
    sign_in: Any, session: Any, world: Any, version: str | None
) -> None:
    places = (
        (
            SECRETARY,
            f"/pupils/edit/{world.pupils[(SCHOOL, 'Иванов')]}",
            {"last_name": "Поздняя", "first_name": "Анна", "birth_date": "2013-04-11"},
        ),
        (f"administrator.{SCHOOL}", f"/accounts/edit/{world.account(SECRETARY)}", {"email": "late@test.invalid"}),
    )
    for login, address, typed in places:
        answer = sign_in(login).post(address, data=typed | ({} if version is None else {"version": version}))
        assert answer.status_code == 409
        assert f'value="{next(iter(typed.values()))}"' in answer.text
        again = typed | {"version": hidden(answer, "version"), "active": "y"}
        assert sign_in(login).post(address, data=again).status_code == 302


def test_junk_in_the_hidden_fields_is_no_error(sign_in: Any, world: Any) -> None:
    client, pk = sign_in(SECRETARY), world.pupils[(SCHOOL, "Иванов")]
    for junk in ("[", "[1]", '{"a": 1}', '{"last_name": null}', ""):
        response = client.post(f"/pupils/edit/{pk}", data={"version": "0", "base": junk, "last_name": "Я"})
        assert response.status_code == 409


def test_who_edits_the_own_class_alone_is_offered_no_new_card(sign_in: Any) -> None:
    assert 'href="/pupils/add' not in sign_in(f"teacher.{SCHOOL}").get("/pupils/list/").text
    assert 'href="/pupils/add' in sign_in(SECRETARY).get("/pupils/list/").text


def test_guessing_the_current_password_locks(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(SECRETARY)
    new = "рыжая лиса бежит"
    for _ in range(5):
        data = {"current": "не тот", "new": new, "confirm": new}
        assert client.post("/password/", data=data).status_code == 422
    assert session.get(Account, world.account(SECRETARY)).locked_until is not None


def test_a_mad_base_is_as_good_as_none(sign_in: Any, world: Any) -> None:
    hr, key = sign_in(f"hr.{SCHOOL}"), world.employees[(SCHOOL, "teacher")]
    data = {"last_name": "Сотрудников", "first_name": "Лев", "hired_on": "2026-01-12", "version": "0"}
    assert hr.post(f"/employees/edit/{key}", data=data | {"base": "[" * 200_000}).status_code == 409
