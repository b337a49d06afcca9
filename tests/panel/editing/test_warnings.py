"""Warnings: shown, not saved; ticked, saved and told in the history; the tick belongs to the values."""

import re
from datetime import date
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


def stored(session: Any, world: Any) -> Pupil:
    """A pupil whose age was never asked about."""
    pupil = Pupil(school_id=world.schools[SCHOOL], last_name="Давних", first_name="Олег", birth_date=date(1980, 1, 2))
    session.add(pupil)
    session.commit()
    return pupil


def test_a_tick_outlives_the_difference_page_with_its_values(sign_in: Any, session: Any, world: Any) -> None:
    """Ticked while somebody else saved: the tick still answers for the same values, and not for others."""
    client, pupil = sign_in(f"secretary.{SCHOOL}"), stored(session, world)
    address = f"/pupils/edit/{pupil.id}"
    opened = client.get(address)
    data = {"last_name": "Давних", "first_name": "Олег", "birth_date": "1985-03-04"}
    data |= {name: hidden(opened, name) for name in ("version", "base")}
    ticked = {"confirm": keys(client.post(address, data=data))}
    pupil.phone = "+7 914 123-45-67"
    session.commit()

    page = client.post(address, data=data | ticked)
    assert page.status_code == 409
    assert hidden(page, "confirm") == ticked["confirm"][0]
    fresh = data | ticked | {name: hidden(page, name) for name in ("version", "base")}
    other = client.post(address, data=fresh | {"birth_date": "1986-03-04"})
    assert (other.status_code, len(keys(other))) == (422, 1)
    assert client.post(address, data=fresh).status_code == 302
    session.refresh(pupil)
    assert pupil.birth_date == date(1985, 3, 4)


def test_what_the_other_one_saved_is_asked_about_anew(sign_in: Any, session: Any, world: Any) -> None:
    """The value of the other one comes into the form: a tick for the former value does not answer for it."""
    client, pupil = sign_in(f"secretary.{SCHOOL}"), stored(session, world)
    address = f"/pupils/edit/{pupil.id}"
    opened = client.get(address)
    data = {"last_name": "Давних", "first_name": "Иван", "birth_date": "1980-01-02"}
    data |= {name: hidden(opened, name) for name in ("version", "base")}
    ticked = {"confirm": keys(client.post(address, data=data))}
    pupil.birth_date = date(1975, 1, 2)
    session.commit()
    page = client.post(address, data=data | ticked)
    assert page.status_code == 409
    merged = {name: hidden(page, name) for name in ("version", "base", "birth_date")}
    assert "1975" in merged["birth_date"]
    again = client.post(address, data=data | ticked | merged)
    assert (again.status_code, len(keys(again))) == (422, 1)
