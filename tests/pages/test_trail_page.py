"""The trail on the screen: words, filters, and no name of a record that its reader may not open."""

from typing import Any

import pytest

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
