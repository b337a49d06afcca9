"""The trail on the screen: words, filters, and no name of a record that its reader may not open."""

from typing import Any

import pytest

from app.models.accounts import Account
from app.models.engine.audit import AuditAction, AuditEvent
from tests.panel.reading import body

SCHOOL = "65001"


@pytest.fixture
def changed(sign_in: Any, session: Any, world: Any) -> int:
    """The number of the event of a changed pupil."""
    pk = world.pupils[(SCHOOL, "Иванов")]
    form = {"last_name": "Иванов", "first_name": "Пётр", "birth_date": "2013-04-11", "version": 1}
    assert (
        sign_in(f"secretary.{SCHOOL}").post(f"/pupils/edit/{pk}", data=form | {"address": "ул. Новая"}).status_code
        == 302
    )
    return session.query(AuditEvent).filter_by(action=AuditAction.CHANGE, entity="pupil").one().id


def test_the_card_tells_old_and_new_in_words(sign_in: Any, changed: int) -> None:
    page = body(sign_in(f"director.{SCHOOL}").get(f"/audit/show/{changed}"))
    for text in ("Обучающийся", "Иванов", "Что изменилось", "Адрес", "ул. Новая", "Стало"):
        assert text in page
    assert "pupil<" not in page


@pytest.mark.parametrize("path", ["/audit/show/{0}", "/audit/list/", "/audit/lookup"])
def test_who_may_not_open_the_record_sees_its_number_alone(sign_in: Any, changed: int, path: str) -> None:
    page = body(sign_in("operator").get(path.format(changed)))
    assert "Иванов" not in page
    assert "ул. Новая" not in page


def test_filters_and_search(sign_in: Any, changed: int, session: Any) -> None:
    client = sign_in(f"director.{SCHOOL}")
    day = session.get(AuditEvent, changed).at.date()
    found = f"/audit/show/{changed}?"
    for query, expected in (
        ("entity=pupil", True),
        ("entity=school", False),
        ("action=change", True),
        ("action=delete", False),
        ("q=сотрудников", True),
        ("q=иванов", False),
        (f"at_from={day.replace(year=day.year - 1)}", True),
        (f"at_from={day.replace(year=day.year + 1)}", False),
        (f"at_to={day.replace(year=day.year - 1)}", False),
    ):
        assert (found.rstrip("?") in body(client.get(f"/audit/list/?{query}"))) is expected, query
    for wrong in ("entity=ab_user;", "at_from=вчера", "order=record"):
        assert client.get(f"/audit/list/?{wrong}").status_code == 400, wrong


@pytest.fixture
def failed(app: Any, session: Any, world: Any) -> int:
    """The number of the event of a failed sign-in."""
    app.test_client().post("/login/", data={"username": f"secretary.{SCHOOL}", "password": "не тот пароль"})
    return session.query(AuditEvent).filter_by(action=AuditAction.LOGIN_FAILED).one().id


def test_signing_in_is_shown_when_it_is_asked_for(sign_in: Any, failed: int, changed: int) -> None:
    director = sign_in(f"director.{SCHOOL}")
    usual, asked = (body(director.get(f"/audit/list/{query}")) for query in ("", "?action=login_failed"))
    assert f"/audit/show/{changed}" in usual
    assert f"/audit/show/{failed}" not in usual
    assert "Входы и выходы не показаны" in usual
    assert f"/audit/show/{failed}" in asked
    assert f"secretary.{SCHOOL}" in asked
    assert "Входы и выходы не показаны" not in asked
    assert f"secretary.{SCHOOL}" not in director.get("/audit/export?format=csv").text


def test_the_region_reads_no_logins(sign_in: Any, failed: int, world: Any) -> None:
    regional = sign_in("regional")
    login = f"secretary.{SCHOOL}"
    for path in (f"/audit/show/{failed}", "/audit/list/?action=login_failed"):
        page = body(regional.get(path))
        assert f"Учётная запись № {world.account(login)}" in page
        assert login not in page
    assert f"/audit/show/{failed}" not in body(regional.get("/audit/list/?action=login_failed&q=secretary"))
    # nor by the order of the rows
    assert regional.get("/audit/list/?action=login_failed&order=actor").status_code == 400
    assert "order=actor" not in body(regional.get("/audit/list/"))
    director = sign_in(f"director.{SCHOOL}")
    assert f"/audit/show/{failed}" in body(director.get("/audit/list/?action=login_failed&q=secretary&order=actor"))


def test_a_changed_password_is_told_in_words(sign_in: Any, session: Any, world: Any) -> None:
    row = session.get(Account, world.account(f"teacher.{SCHOOL}"))
    row.password, row.session_key = "другой", "другой ключ"
    session.commit()
    event = session.query(AuditEvent).filter_by(action=AuditAction.CHANGE, entity="ab_user", record_id=row.id).one()
    page = body(sign_in(f"director.{SCHOOL}").get(f"/audit/show/{event.id}"))
    assert "Пароль" in page
    assert "сменён" in page
    assert "session_key" not in page
    assert "другой" not in page
