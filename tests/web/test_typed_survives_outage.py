"""What was typed in a save that the database did not take is still there, and is saved by one more press."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.models.people import Parent, Pupil
from tests.panel.reading import body
from tests.web.test_outage import away

SECRETARY = "secretary.65001"
TYPED = {"last_name": "О'Коннор", "first_name": "Яна", "birth_date": "1990-02-03", "workplace": 'ООО "<Север>"'}


@contextmanager
def read_only(site: Any, table: str) -> Iterator[None]:
    """The disk is full or the file is held: what is read is read, nothing is written to this table."""

    def refuse(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if re.match(rf"(INSERT INTO|UPDATE) {table}\b", statement):
            raise OperationalError(statement, {}, Exception("database or disk is full"))

    with site.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", refuse)
    yield
    event.remove(engine, "before_cursor_execute", refuse)


def sent_again(page: str) -> dict[str, str]:
    """The hidden form of the page."""
    form = page.partition("<form")[2].partition("</form>")[0]
    boxes = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {unescape(name): unescape(value) for name, value in boxes}


def value(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def test_a_database_that_takes_nothing_gives_the_form_back(site: Any, sign_in: Any, session: Any) -> None:
    client = sign_in(SECRETARY)
    token = value(body(client.get("/parents/add")), "submission")
    with read_only(site, "parent"):
        answer = client.post("/parents/add", data=TYPED | {"submission": token})
    page = body(answer)
    assert answer.status_code == 503
    assert {name: value(page, name) for name in TYPED} == TYPED
    assert "Сохранить ещё раз" in page
    assert "не принимает записи" in page
    assert "Исправьте отмеченное" not in page, "nothing is wrong with what was typed"
    assert session.query(Parent).filter_by(last_name="О'Коннор").count() == 0
    again = TYPED | {"submission": value(page, "submission")}
    assert client.post("/parents/add", data=again).status_code == 302
    assert client.post("/parents/add", data=again).status_code == 302
    assert session.query(Parent).filter_by(last_name="О'Коннор").count() == 1


def test_an_edit_that_was_not_taken_is_there_too(site: Any, sign_in: Any, session: Any, world: Any) -> None:
    client, key = sign_in(SECRETARY), world.pupils[("65001", "Ким")]
    form = body(client.get(f"/pupils/edit/{key}"))
    typed = {"last_name": "Кимов", "first_name": "Александр", "birth_date": "2009-04-11", "phone": "+7 914 123-45-67"}
    with read_only(site, "pupil"):
        answer = client.post(f"/pupils/edit/{key}", data=typed | {"version": value(form, "version")})
    page = body(answer)
    assert answer.status_code == 503
    assert value(page, "phone") == "+7 914 123-45-67"
    saved = client.post(f"/pupils/edit/{key}", data=typed | {"version": value(page, "version")})
    assert saved.status_code == 302
    session.expire_all()
    assert session.get(Pupil, key).phone == "+7 914 123-45-67"


def test_the_page_of_an_outage_carries_what_was_typed(site: Any, sign_in: Any, session: Any) -> None:
    session.close()
    client = sign_in(SECRETARY)
    token = value(body(client.get("/parents/add")), "submission")
    with away(site):
        answer = client.post("/parents/add?list=q%3DА", data=TYPED | {"submission": token})
    page = body(answer)
    assert answer.status_code == 503
    assert "<Север>" not in page
    assert sent_again(page) == TYPED | {"submission": token}
    assert 'action="/parents/add?list=q%3D' in page
    resume = re.search(r'name="resume" value="(\w+)"', page)[1]
    form = client.post("/parents/add", data=sent_again(page) | {"resume": resume})
    assert "База данных не ответила" in body(form)
    assert {name: value(body(form), name) for name in TYPED} == TYPED
    assert client.post("/parents/add", data=sent_again(page)).status_code == 302
    assert session.query(Parent).filter_by(last_name="О'Коннор").count() == 1


def test_the_page_of_an_error_of_the_panel_carries_it_too(sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sending it again would but fail again: the form is offered, not the saving."""

    def fail(*args: Any) -> None:
        raise RuntimeError("secret of the house")

    client = sign_in(SECRETARY)
    with monkeypatch.context() as broken:
        broken.setattr("app.services.engine.records.save", fail)
        answer = client.post("/parents/add", data=TYPED)
    page = body(answer)
    assert answer.status_code == 500
    assert sent_again(page) == TYPED
    assert "Сохранить ещё раз" not in page
    resume = re.search(r'name="resume" value="(\w+)"', page)[1]
    form = body(client.post("/parents/add", data=sent_again(page) | {"resume": resume}))
    assert "Произошла ошибка панели, введённое на месте" in form
    assert {name: value(form, name) for name in TYPED} == TYPED


def test_a_password_is_not_written_into_a_page(site: Any, sign_in: Any) -> None:
    client = sign_in("administrator.65001")
    with away(site):
        answer = client.post("/accounts/add", data={"last_name": "Новый", "one_time_password": "тайное слово"})
    page = body(answer)
    assert sent_again(page) == {"last_name": "Новый"}
    assert "тайное слово" not in page
    assert "Вернуться к форме" in page
    assert "Сохранить ещё раз" not in page, "without its password it would not be the same"


@pytest.mark.parametrize("address", ["/pupils/delete/1", "/pupils/bulk", "/login/", "/password/"])
def test_what_is_no_form_of_a_record_is_not_repeated(site: Any, sign_in: Any, address: str) -> None:
    client = sign_in(SECRETARY)
    with away(site):
        page = body(client.post(address, data={"old_password": "тайное", "rowid": "1"}))
    assert "<form" not in page.partition("<main")[2] or "Сохранить ещё раз" not in page
    assert "тайное" not in page
