"""Every overdue duty of the demo is closed from its own line, and no list that agreed with the order changes (L3)."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app import create_app
from app.compliance import queries
from app.compliance.bindings.movement import RULES
from app.compliance.records import Record
from app.compliance.status import Status
from app.demo.accounts.logins import find_logins
from app.demo.engine.plan import Plan
from app.extensions import db
from app.models.accounts import Account
from app.models.movement.memberships import ClassMembership
from app.security.actor import SYSTEM
from app.security.guard import acting
from app.security.manager import begun_session, sync_roles
from tests.demo.conftest import ON, Planted, plant
from tests.support.clients import IsolatedClient
from tests.support.sent import sent

NOON = datetime(ON.year, ON.month, ON.day, 1, 0, tzinfo=UTC)
PLAN = Plan(on=ON, schools=14, pupils=700, seed=3)
SCHOOL = "650101"
LINK = re.compile(r'href="(/movement_orders/add\?duty=([\w-]+)&amp;(member|of_class)=(\d+))"')


@pytest.fixture(scope="module")
def region(empty: Engine) -> Planted:
    return plant(empty, PLAN)


@pytest.fixture
def panel(region: Planted) -> Iterator[Flask]:
    """The panel over the planted region."""
    app = create_app(
        TESTING=True,
        SECRET_KEY="only for tests, and for nothing else",
        SQLALCHEMY_DATABASE_URI=region.engine.url.render_as_string(hide_password=False),
        WTF_CSRF_ENABLED=False,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.test_client_class = IsolatedClient
    with app.app_context(), acting(db.session, SYSTEM):
        sync_roles()
        db.session.commit()
    with time_machine.travel(NOON, tick=False):
        yield app
    with app.app_context():
        db.engine.dispose()


def secretary(app: Flask, region: Planted, code: str) -> Any:
    with Session(region.engine) as session:
        logins = find_logins(session, ON, every=True)
        login = next(one.login for one in logins if (one.role, one.school) == ("secretary", code))
        account = session.execute(select(Account.id, Account.session_key).where(Account.username == login)).one()
    client = app.test_client()
    with client.session_transaction() as state:
        state["_user_id"], state["_fresh"] = str(account.id), True
        state.update(begun_session(account.session_key))
    return client


def overdue(region: Planted) -> list[Record]:
    with region.engine.connect() as connection:
        return queries.records(connection, RULES, None, ON, Status.OVERDUE, limit=10_000)


def histories(region: Planted) -> dict[int, list[tuple[int, date, date | None]]]:
    """Pupil → (class, from, to) of each membership."""
    found: dict[int, list[tuple[int, date, date | None]]] = {}
    columns = (
        ClassMembership.pupil_id,
        ClassMembership.class_id,
        ClassMembership.starts_on,
        ClassMembership.ends_on,
    )
    with region.engine.connect() as connection:
        for pupil, *row in connection.execute(select(*columns).order_by(ClassMembership.starts_on)):
            found.setdefault(pupil, []).append(tuple(row))
    return found


def close(client: Any, address: str, number: str) -> dict[str, str]:
    """As a person does: open the form, write the number and the date of the paper, save."""
    typed = sent(client.get(address).text)
    typed |= {"number": number, "order_date": typed["lines-0-event_date"]}
    answer = client.post(address, data=typed)
    if keys := re.findall(r'name="confirm" value="([^"]+)"', answer.text):  # an account that can no longer be given
        answer = client.post(address, data=typed | {"confirm": [unescape(key) for key in keys]})
    assert answer.status_code == 302, [typed, *re.findall(r'<div class="bad"[^>]*>(.*?)</div>', answer.text, re.DOTALL)]
    return typed


def lines_of(client: Any) -> dict[tuple[str, int], str]:
    """(rule, membership) → the address of «Внести приказ» on the pages of what is overdue."""
    found, address = {}, "/compliance/records?status=overdue"
    while address:
        page = client.get(address).text
        found |= {(rule, int(key)): unescape(url) for url, rule, name, key in LINK.findall(page) if name == "member"}
        following = re.search(r'href="([^"]*after=[^"]*)"', page)
        address = unescape(following[1]) if following else ""
    return found


@pytest.mark.long
def test_every_overdue_duty_is_closed_from_its_line(panel: Flask, region: Planted) -> None:
    before, was = overdue(region), histories(region)
    standing = {each.about_id for each in before if stands(was, each)}
    closed: set[tuple[str, int | None]] = set()
    for code in (SCHOOL, *sorted({each.school_code for each in before} - {SCHOOL})):
        owed = {(each.rule, each.subject_id) for each in before if each.school_code == code}
        client = secretary(panel, region, code)
        lines = lines_of(client)
        assert lines.keys() == owed
        wanted = lines if code == SCHOOL else dict(list(lines.items())[:2])
        for number, (duty, address) in enumerate(wanted.items()):
            close(client, address, f"{number}-п")
            closed.add(duty)
    left = overdue(region)
    assert {(each.rule, each.subject_id) for each in before} - {(e.rule, e.subject_id) for e in left} == closed
    with region.engine.connect() as connection:
        late = queries.records(connection, RULES, None, ON, Status.LATE, limit=10_000)
    assert closed <= {(each.rule, each.subject_id) for each in late if each.evidence == ON}
    now = histories(region)
    assert standing, "some agreed already"
    assert {pupil: now[pupil] for pupil in standing} == {pupil: was[pupil] for pupil in standing}


def stands(was: dict[int, list[tuple[int, date, date | None]]], record: Record) -> bool:
    """Whether the pupil was in that class no more, or is enrolled into it as he stands."""
    rows = [row for row in was[record.about_id] if row[0] == record.group_id]
    return str(record.detail).startswith("enrolment") or all(ended is not None for *_, ended in rows)
