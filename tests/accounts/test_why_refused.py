"""A refusal says which right is missing and who has it; of the record it says nothing."""

from typing import Any

import pytest

from tests.accounts.test_rights import ADMINISTRATOR, change

WHY = "Какого права нет"


def test_which_right_is_missing_and_who_has_it(sign_in: Any) -> None:
    page = sign_in("psychologist.65001").get("/movement_orders/list/")
    assert page.status_code == 403
    for words in ("просмотр: Приказы о движении обучающихся", "Психолог/социальный педагог", "Секретарь", "3.3.4.4"):
        assert words in page.text
    assert "Отступление школы" not in page.text
    nobody = sign_in("nobody").get("/pupils/list/").text
    assert "роли пока нет" in nobody


def test_a_record_that_is_there_and_one_that_is_not_are_refused_alike(sign_in: Any, world: Any) -> None:
    client, own = sign_in("psychologist.65001"), world.rows["pupil"]["65001"]
    foreign = world.rows["pupil"]["65003"]
    told = {client.get(f"/pupils/edit/{key}").text.partition("<main")[2] for key in (own, foreign, 999_999)}
    assert len(told) == 1
    assert WHY in told.pop()
    assert WHY not in client.get(f"/pupils/show/{foreign}").text, "404 tells nothing"


def test_what_the_school_took_is_told_to_who_lost_it_there(sign_in: Any) -> None:
    assert change(sign_in(ADMINISTRATOR), "secretary", "pupils", "take", "export").status_code == 302
    page = sign_in("secretary.65001").get("/pupils/export").text
    assert "Регламент даёт это право вашей роли (Секретарь), школа его изъяла" in page
    holders = page.partition("У кого оно есть")[2].partition("</dd>")[0]
    assert "Директор" in holders
    assert "Секретарь" not in holders
    other = sign_in("psychologist.65003").get("/pupils/export").text
    assert "Секретарь" in other.partition("У кого оно есть")[2].partition("</dd>")[0]


def test_what_a_school_gave_is_told_there_alone(sign_in: Any) -> None:
    basis = {"number": "5", "day": "12.01.2026"}
    assert change(sign_in(ADMINISTRATOR), "psychologist", "movement_orders", "give", "view", **basis).status_code == 302
    for code, is_told in (("65001", True), ("65003", False)):
        page = sign_in(f"technical.{code}").get("/movement_orders/list/").text
        assert ("Психолог" in page.partition("У кого оно есть")[2].partition("</dd>")[0]) is is_told


@pytest.mark.parametrize("login", ["regional", "operator", "municipal.64754000", "parent.65001"])
def test_everybody_is_told(sign_in: Any, login: str) -> None:
    assert WHY in sign_in(login).get("/positions/add").text or login == "operator"


def test_a_script_is_told_in_a_word(sign_in: Any) -> None:
    answer = sign_in("psychologist.65001").get("/movement_orders/list/", headers={"Accept": "application/json"})
    assert answer.get_json().keys() == {"error"}


def test_before_the_first_change_of_the_password_nothing_is_told(app: Any) -> None:
    assert WHY not in app.test_client().get("/pupils/list/", follow_redirects=True).text
