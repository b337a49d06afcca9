"""A related record created over the form that wants it: the fragment, its errors, the answer; only who may add."""

import re
from typing import Any

import pytest

from app.models.people import Pupil
from app.models.study import SchoolClass
from tests.panel.editing.test_saving import hidden

SCHOOL = "65001"
SECRETARY, DEPUTY = f"secretary.{SCHOOL}", f"deputy.{SCHOOL}"
PUPIL = {"last_name": "Новых", "first_name": "Олег", "birth_date": "03.02.2015"}


def offered(page: Any) -> set[str]:
    """Where the buttons «Создать» of a page lead."""
    return set(re.findall(r'data-new="([^"]+)"', page.text))


def test_the_form_comes_alone_and_shares_no_id_with_the_page(sign_in: Any) -> None:
    client = sign_in(SECRETARY)
    fragment = client.get("/pupils/add?in_place=1")
    assert fragment.status_code == 200
    assert "<html" not in fragment.text
    assert "data-new" not in fragment.text
    ids = re.findall(r'\bid="([^"]+)"', fragment.text)
    assert len(ids) == len(set(ids))
    assert not set(ids) & set(re.findall(r'\bid="([^"]+)"', client.get("/pupils/add").text))
    assert set(re.findall(r'\bfor="([^"]+)"', fragment.text)) <= set(ids)


def test_the_new_record_is_answered_as_a_choice(sign_in: Any, session: Any) -> None:
    client = sign_in(SECRETARY)
    token = hidden(client.get("/pupils/add?in_place=1"), "submission")
    first, second = (client.post("/pupils/add?in_place=1", data=PUPIL | {"submission": token}) for _ in range(2))
    pupil = session.query(Pupil).filter_by(last_name="Новых").one()
    for answer in (first, second):
        assert answer.status_code == 201
        assert answer.json == {"id": pupil.id, "text": "Новых Олег"}
    assert "Запись" not in client.get("/help/").text, "nothing is told on the next page"


def test_a_class_is_named_as_its_select_names_it(sign_in: Any, session: Any, world: Any) -> None:
    data = {"academic_year": world.years[(SCHOOL, 2025)], "grade": "5", "letter": "Я"}
    answer = sign_in(DEPUTY).post("/classes/add?in_place=1", data=data)
    made = session.query(SchoolClass).filter_by(letter="Я").one()
    assert (answer.status_code, answer.json) == (201, {"id": made.id, "text": "5\u00a0«Я», 2025/26"})


def test_errors_come_back_in_the_fragment(sign_in: Any, session: Any) -> None:
    answer = sign_in(SECRETARY).post("/pupils/add?in_place=1", data=PUPIL | {"birth_date": "31.02.2015"})
    assert answer.status_code == 422
    assert "<html" not in answer.text
    assert 'aria-describedby="new-birth_date-error"' in answer.text
    assert 'href="#new-birth_date"' in answer.text
    assert 'value="Новых"' in answer.text
    assert "data-dirty" in answer.text
    assert session.query(Pupil).filter_by(last_name="Новых").count() == 0


def test_the_form_knows_what_the_outer_one_knows(sign_in: Any, world: Any) -> None:
    year = world.years[(SCHOOL, 2025)]
    fragment = sign_in(DEPUTY).get(f"/classes/add?in_place=1&academic_year={year}&account=5")
    assert f'<option value="{year}" selected>2025/26' in fragment.text


@pytest.mark.parametrize("year", ["0", "x", "99999"])
def test_a_foreign_or_spoilt_value_is_refused(sign_in: Any, year: str) -> None:
    assert sign_in(DEPUTY).get(f"/classes/add?in_place=1&academic_year={year}").status_code == 400


def test_only_who_may_add_is_led_there(sign_in: Any) -> None:
    secretary, deputy = sign_in(SECRETARY), sign_in(DEPUTY)
    assert "/pupils/add?in_place=1" in offered(secretary.get("/movement_orders/add"))
    assert "/classes/add?in_place=1" not in offered(secretary.get("/movement_orders/add"))
    assert secretary.get("/classes/add?in_place=1").status_code == 403
    assert secretary.post("/classes/add?in_place=1", data={}).status_code == 403
    assert "/academic_years/add?in_place=1" in offered(deputy.get("/classes/add"))
    assert sign_in(f"teacher.{SCHOOL}").post("/pupils/add?in_place=1", data=PUPIL).status_code == 403


def test_after_the_session_the_script_is_told(app: Any) -> None:
    headers = {"X-Requested-With": "fetch", "Accept": "application/json"}
    answer = app.test_client().post("/pupils/add?in_place=1", data=PUPIL, headers=headers)
    assert answer.status_code == 401
    assert "Сеанс закончился" in answer.json["error"]
