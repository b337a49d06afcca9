"""The audit trail: who did what, old → new, in the same transaction, and no secret in it (РСБ.1–3). Clause 1.5."""

from typing import Any

import pytest
from sqlalchemy import select, text

from app.models.accounts import Account
from app.models.directories.people import Position
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.movement import MovementOrder
from app.models.people import Pupil
from tests.support.locks import pressed
from tests.support.slips import new_slip
from tests.support.world import PASSWORD

LOGIN = "secretary.65001"


@pytest.fixture
def events(session: Any) -> Any:
    """The events since the test began, oldest first."""
    last = session.scalar(select(AuditEvent.id).order_by(AuditEvent.id.desc()).limit(1))

    def run(action: AuditAction | None = None) -> list[AuditEvent]:
        session.expire_all()
        found = session.scalars(select(AuditEvent).where(AuditEvent.id > last).order_by(AuditEvent.id)).all()
        return [event for event in found if action in (None, event.action)]

    return run


def post(client: Any, path: str, **data: Any) -> Any:
    response = client.post(path, data=data, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert response.status_code == 302, response.text
    return response


def test_signing_in_and_out(app: Any, events: Any, world: Any) -> None:
    client = app.test_client()
    post(client, "/login/", username=LOGIN, password=PASSWORD)
    post(client, "/logout/")
    told = [(event.action, event.actor, event.account_id, event.school_id, event.address) for event in events()]
    key, school = world.account(LOGIN), world.schools["65001"]
    assert told == [
        (AuditAction.LOGIN, "Сотрудников Галина", key, school, "203.0.113.7"),
        (AuditAction.LOGOUT, "Сотрудников Галина", key, school, "203.0.113.7"),
    ]


def test_failures_name_the_login_and_the_place(app: Any, events: Any, world: Any) -> None:
    for login in (LOGIN, "nobody.at.all"):
        data = {"username": login, "password": "секретное слово"}
        app.test_client().post("/login/", data=data, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    known, unknown = events(AuditAction.LOGIN_FAILED)
    assert (known.record, known.record_id, known.school_id) == (LOGIN, world.account(LOGIN), world.schools["65001"])
    assert (unknown.record, unknown.record_id, unknown.school_id) == ("Неизвестный логин", None, None)
    assert (known.actor, unknown.actor) == (LOGIN, "Неизвестный логин"), "what was typed may be a password"
    assert {known.address, unknown.address} == {"203.0.113.9"}
    assert {known.account_id, unknown.account_id} == {None}, "it was not that person who tried"


def test_a_change_tells_old_and_new(sign_in: Any, events: Any, session: Any, world: Any) -> None:
    key = world.pupils[("65001", "Иванов")]
    form = {"last_name": "Иванов", "first_name": "Пётр", "birth_date": "2013-04-14", "address": "ул. Мира, 1"}
    post(sign_in(LOGIN), f"/pupils/edit/{key}", version="1", **form)

    (event,) = events()
    assert (event.action, event.entity, event.record_id, event.record) == ("change", "pupil", key, "Иванов Пётр")
    assert (event.actor, event.account_id) == ("Сотрудников Галина", world.account(LOGIN))
    assert event.changes == {"birth_date": ["2013-04-11", "2013-04-14"], "address": [None, "ул. Мира, 1"]}
    card = sign_in(LOGIN).get(f"/pupils/show/{key}").text
    assert "11.04.2013" in card
    assert "ул. Мира, 1" in card


def test_saving_without_a_change_leaves_no_trace(sign_in: Any, events: Any, world: Any) -> None:
    form = {"last_name": "Иванов", "first_name": "Пётр", "birth_date": "2013-04-11", "version": "1"}
    post(sign_in(LOGIN), f"/pupils/edit/{world.pupils[('65001', 'Иванов')]}", **form)
    assert events() == []


def test_a_deletion_tells_what_was_there(sign_in: Any, events: Any, session: Any, world: Any) -> None:
    made = Position(school_id=world.schools["65001"], title="Логопед")
    session.add(made)
    session.commit()
    pressed(sign_in("administrator.65001"), f"/positions/delete/{made.id}")
    (event,) = events(AuditAction.DELETE)
    assert (event.entity, event.record) == ("position", "Логопед")
    assert event.changes["title"] == ["Логопед", None]
    assert "entered_by" not in event.changes


def test_a_line_taken_out_of_an_order_is_told(sign_in: Any, events: Any, session: Any, world: Any) -> None:
    """It goes with the order's form, not by a deletion of its own; who changes the order may take it out."""
    client, names = sign_in("hr.65001"), ("Иванов", "Ким")
    order = {"kind": "departure", "number": "5", "order_date": "2026-02-27"}
    lines = [
        {f"lines-{n}-pupil": world.pupils[("65001", name)], f"lines-{n}-event_date": "2026-02-26"}
        for n, name in enumerate(names)
    ]
    made = post(client, "/movement_orders/add", **order, **lines[0], **lines[1])
    stored = session.scalars(select(MovementOrder)).one()
    post(client, made.location.replace("show", "edit"), **order, **lines[0], version=stored.version)

    session.expire_all()
    assert [line.pupil.last_name for line in stored.lines] == ["Иванов"]
    (event,) = events(AuditAction.DELETE)
    assert event.entity == "movement_line"
    assert event.changes["pupil_id"] == [world.pupils[("65001", "Ким")], None]
    assert session.get(Pupil, world.pupils[("65001", "Ким")]).status == "enrolled"


def test_an_export_and_a_print_are_told(sign_in: Any, events: Any) -> None:
    client = sign_in("deputy.65001")
    client.get("/pupils/export?format=csv&q=иван")
    client.get("/forms/print/movement?on=2026-03-02")
    exported, printed = events()
    assert (exported.action, exported.record) == (AuditAction.EXPORT, "Обучающиеся: 1")
    assert exported.changes == {"format": "csv", "q": "иван"}
    assert printed.action is AuditAction.PRINT
    assert "02.03.2026" in printed.record


def test_what_was_refused_is_not_told_as_done(sign_in: Any, events: Any, world: Any) -> None:
    client = sign_in("administrator.65001")
    assert client.post("/positions/add", data={"title": "Учитель"}).status_code == 422
    assert pressed(client, f"/positions/delete/{world.rows['position']['65001']}").status_code == 409
    assert client.post("/positions/add", data={"title": ""}).status_code == 422
    assert sign_in("teacher.65001").post("/pupils/add", data={"last_name": "Новый"}).status_code in (403, 422)
    assert events() == []


def test_no_secret_is_in_the_trail(app: Any, sign_in: Any, session: Any, world: Any) -> None:
    """Neither a password, nor its hash, nor the key of a session: of them only that they changed."""
    words = new_slip(session, world, "hr.65001"), "зимний маяк на мысе"
    form = {"last_name": "Сотрудников", "first_name": "Имя", "email": "hr@test.invalid", "active": "y"}
    administrator = sign_in("administrator.65001")
    made = form | {"email": "n@test.invalid", "username": "new"}
    post(administrator, "/accounts/add", **made)
    client = app.test_client()
    post(client, "/login/", username="hr.65001", password=words[0])
    post(client, "/password/", current=words[0], new=words[1], confirm=words[1])

    session.expire_all()
    accounts = session.scalars(select(Account)).all()
    secrets = [value for account in accounts for value in (account.password, account.session_key)]
    trail = "\n".join(map(str, session.connection().execute(text("SELECT * FROM audit_event"))))
    assert not [secret for secret in (*words, *secrets, PASSWORD, "pbkdf2") if secret and secret in trail]
    assert "'password': [None, None]" in trail.replace('"password": [null, null]', "'password': [None, None]")


def test_the_history_of_an_account_shows_no_secret(sign_in: Any, session: Any, world: Any) -> None:
    key = world.account("hr.65001")
    form = {"last_name": "Сотрудников", "first_name": "Имя", "email": "hr@test.invalid", "active": "y"}
    administrator = sign_in("administrator.65001")
    words = new_slip(session, world, "hr.65001")
    post(administrator, f"/accounts/edit/{key}", version="2", **form | {"email": "new@test.invalid"})
    page = administrator.get(f"/accounts/show/{key}").text
    account = session.get(Account, key)
    assert "new@test.invalid" in page
    two = " ".join(words.split()[:2])  # a single one, as «действие», may stand on any page
    assert not [secret for secret in (account.session_key, two) if secret in page]


def test_the_forms_of_an_account_carry_no_hash(sign_in: Any, session: Any, world: Any) -> None:
    key = world.account("hr.65001")
    page = sign_in("administrator.65001").get(f"/accounts/edit/{key}").text
    assert session.get(Account, key).password not in page
    assert "session_key" not in page


def test_the_rows_of_the_trail_follow_the_record(session: Any, world: Any) -> None:
    """Append-only by number, each with its school, so that a director reads the own school's alone."""
    rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [row.id for row in rows] == sorted(row.id for row in rows)
    pupils = [row for row in rows if row.entity == "pupil"]
    assert {row.school_id for row in pupils} == set(world.schools.values())
    assert {row.action for row in pupils} == {AuditAction.CREATE}
