"""Warnings: shown, not saved; ticked, saved and told in the history; the tick belongs to the values."""

import re
from typing import Any

import pytest

from app.models.people import Pupil
from tests.panel.editing.test_saving import hidden

SCHOOL = "65001"
OLD = {"last_name": "Старых", "first_name": "Олег", "birth_date": "1989-02-03"}


def keys(page: Any) -> list[str]:
    return re.findall(r'type="checkbox" id="confirm-\d+" name="confirm" value="([^"]+)"', page.text)


def count(session: Any) -> int:
    session.rollback()
    return session.query(Pupil).filter_by(last_name="Старых").count()


@pytest.mark.parametrize("address", ["/pupils/add", "/pupils/add?in_place=1"])
def test_shown_then_ticked_then_in_the_history(sign_in: Any, session: Any, address: str) -> None:
    client = sign_in(f"secretary.{SCHOOL}")
    data = OLD | {"submission": hidden(client.get(address), "submission")}
    page = client.post(address, data=data)
    assert page.status_code == 422
    assert "Проверьте дату рождения: обучающемуся" in page.text
    assert 'value="Старых"' in page.text
    assert count(session) == 0
    saved = client.post(address, data=data | {"confirm": keys(page)})
    assert saved.status_code in (302, 201)
    assert count(session) == 1
    pupil = session.query(Pupil).filter_by(last_name="Старых").one()
    assert "Подтверждено" in client.get(f"/pupils/show/{pupil.id}").text
    again = OLD | {"first_name": "Иван", "version": str(pupil.version)}
    assert client.post(f"/pupils/edit/{pupil.id}", data=again).status_code == 302, "answered for these values"


def test_other_values_are_another_question(sign_in: Any, session: Any) -> None:
    client = sign_in(f"secretary.{SCHOOL}")
    ticked = {"confirm": keys(client.post("/pupils/add", data=OLD))}
    for changed in ({"birth_date": "1988-02-03"}, {"confirm": ["pupil-age:0", "x"]}):
        page = client.post("/pupils/add", data=OLD | ticked | changed)
        assert page.status_code == 422
        assert len(keys(page)) == 1
        assert not re.search(r'name="confirm"[^>]* checked', page.text)
    assert count(session) == 0
