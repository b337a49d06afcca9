"""What the rights withhold never looks empty: the column is not there, or says «нет права» (access.md)."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import today
from app.extensions import db
from app.models.accounts import Account
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil
from app.panel import cells
from app.security.access import actor_for
from app.security.guard import acting
from app.services.engine import audit
from tests.panel.reading import body
from tests.support.rights import withdraw

SCHOOL = "65001"
DEPUTY, MEDICAL = f"deputy.{SCHOOL}", f"medical.{SCHOOL}"


def heads(page: str) -> set[str]:
    """Columns of the first table of a page."""
    found = re.findall(r"<th[^>]*>(.*?)</th>", page.partition("<table")[2].partition("</table>")[0], re.DOTALL)
    return {re.sub(r"<[^>]+>", "", head).strip() for head in found}


@pytest.mark.parametrize(("login", "shown"), [(DEPUTY, True), (MEDICAL, False), (f"teacher.{SCHOOL}", False)])
def test_a_column_behind_a_missing_right_is_not_there(sign_in: Any, session: Any, login: str, shown: bool) -> None:
    """The order behind a membership is told to whoever may see orders; others have no such column."""
    client = sign_in(login)
    page = body(client.get("/memberships/list/"))
    assert ("Приказ" in heads(page)) is shown
    assert ('value="opened_by.order"' in page) is shown, "nor is it among the columns to choose"
    asked = client.get("/memberships/list/?cols=pupil&cols=opened_by.order")
    assert asked.status_code == 200
    assert ("Приказ" in heads(body(asked))) is shown


def test_what_lies_beyond_a_row_out_of_reach_says_so(session: Any, world: Any) -> None:
    """A pupil's class of last year is named; what else stands on its card is no empty value."""
    pupil = session.get(Pupil, world.pupils[(SCHOOL, "Сергеева")])
    past = ClassMembership(school_id=pupil.school_id, pupil=pupil, starts_on=date(2024, 9, 1), ends_on=date(2025, 5, 1))
    past.class_id = world.classes[(SCHOOL, 2024, "4А")]
    session.add(past)
    session.flush()
    key, account = past.id, session.get(Account, world.account(f"student.{SCHOOL}"))
    actor = actor_for(session, account, today())
    session.expunge_all()
    with acting(db.session, actor):
        seen = session.get(ClassMembership, key)
        assert cells.value_of(seen, "school_class") == "4\u00a0«А»"
        beyond = cells.value_of(seen, "school_class.letter")
        assert "нет права" in cells.show(beyond)
        assert cells.plain(beyond) == "нет права"
        assert cells.value_of(seen, "opened_by.order") is None, "what is empty stays empty"


def test_a_list_that_tells_nothing_is_not_offered(sign_in: Any, session: Any, world: Any) -> None:
    """Memberships are seen with the pupils: who sees no pupil has no such list, entry or table."""
    class_card = f"/classes/show/{world.classes[(SCHOOL, 2025, '5А')]}"
    client = sign_in(MEDICAL)
    assert client.get("/memberships/list/").status_code == 200
    assert "/memberships/list/" in body(client.get("/"))
    assert "Состав класса" in body(client.get(class_card))
    for resource in ("pupils", "pupils_brief"):
        withdraw(session, "medical", resource)
    assert client.get("/memberships/list/").status_code == 403
    assert "/memberships/list/" not in body(client.get("/"))
    assert "Состав класса" not in body(client.get(class_card))


@pytest.mark.parametrize(("role", "offered"), [("director", True), ("hr", False)])
def test_a_condition_is_offered_to_who_can_choose(sign_in: Any, role: str, offered: bool) -> None:
    page = body(sign_in(f"{role}.{SCHOOL}").get("/appointments/list/"))
    assert ('name="account"' in page) is offered
    assert 'name="valid_from_from"' in page


def test_an_event_of_a_record_one_may_not_see_says_so(sign_in: Any, session: Any, world: Any) -> None:
    account = session.get(Account, world.account(f"hr.{SCHOOL}"))
    audit.record(session, AuditAction.CHANGE, "Учётная запись", obj=account, changes={"email": ["а@б.рф", "в@г.рф"]})
    session.commit()
    event = session.scalar(select(AuditEvent.id).order_by(AuditEvent.id.desc()))
    regional = body(sign_in("regional").get(f"/audit/show/{event}"))
    assert "Нет права" in regional
    assert "в@г.рф" not in regional
    assert "в@г.рф" in body(sign_in(f"director.{SCHOOL}").get(f"/audit/show/{event}"))
