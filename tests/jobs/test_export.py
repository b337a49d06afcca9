"""A long list is exported by a job: the same rows, columns and rights as the file that comes at once."""

from typing import Any

import pytest
from sqlalchemy import select

from app.models.accounts.appointments import Appointment
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.engine.jobs import JobState
from app.models.movement.memberships import ClassMembership
from app.panel.listing import export
from app.services.engine import worker
from tests.jobs.conftest import LOGIN
from tests.panel.reading import sheet

QUERY = "order=-full_name&cols=snils&cols=sex"


@pytest.fixture
def owner(sign_in: Any) -> Any:
    return sign_in(LOGIN)


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is a long one."""
    monkeypatch.setattr(export, "AT_ONCE", 0)
    monkeypatch.setattr(export, "BATCH", 1)


def asked(answer: Any) -> int:
    """The job to whose place on the page one is led."""
    assert answer.status_code == 302
    address, _, anchor = answer.location.partition("#job-")
    assert address == "/jobs/"
    return int(anchor)


@pytest.mark.parametrize(
    ("login", "route", "query"),
    [
        (LOGIN, "pupils", QUERY),
        (LOGIN, "pupils", "school_class={class_id}"),
        ("director.65001", "pupils", "q=и"),
    ],
)
def test_the_job_writes_what_comes_at_once(
    yard: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch, login: str, route: str, query: str
) -> None:
    client = sign_in(login)
    query = query.format(class_id=yard.session.scalar(select(ClassMembership.class_id).order_by(ClassMembership.id)))
    at_once = {kind: client.get(f"/{route}/export?format={kind}&{query}") for kind in export.FORMATS}
    assert {answer.status_code for answer in at_once.values()} == {200}
    monkeypatch.setattr(export, "AT_ONCE", 0)
    keys = {kind: asked(client.get(f"/{route}/export?format={kind}&{query}")) for kind in export.FORMATS}
    yard.work()
    assert {yard.job(key).state for key in keys.values()} == {JobState.DONE}
    files = {kind: client.get(f"/jobs/{key}/file", buffered=True) for kind, key in keys.items()}
    assert files["csv"].data == at_once["csv"].data
    assert sheet(files["xlsx"]) == sheet(at_once["xlsx"])
    for kind in export.FORMATS:
        assert files[kind].headers["Content-Disposition"] == at_once[kind].headers["Content-Disposition"]
        assert files[kind].mimetype == at_once[kind].mimetype


def test_the_trail_tells_of_it(yard: Any, owner: Any, long: None) -> None:
    owner.get(f"/pupils/export?{QUERY}")
    yard.work()
    told = yard.session.query(AuditEvent).filter_by(action=AuditAction.EXPORT).one()
    assert told.account_id == yard.site.world.account(LOGIN)
    assert told.record.startswith("Обучающиеся: ")


def test_pressed_twice_it_is_one_job(yard: Any, owner: Any, long: None) -> None:
    assert asked(owner.get(f"/pupils/export?{QUERY}")) == asked(owner.get(f"/pupils/export?{QUERY}"))
    assert "Выгрузка: Обучающиеся, " in owner.get("/jobs/").text


def test_the_rights_are_those_of_the_moment_it_runs(yard: Any, owner: Any, long: None) -> None:
    from datetime import date

    key = asked(owner.get("/pupils/export"))
    for each in yard.session.query(Appointment).filter_by(account_id=yard.site.world.account(LOGIN)):
        each.valid_from, each.valid_to = date(2019, 1, 1), date(2020, 1, 1)
    yard.session.commit()
    yard.work()
    assert (yard.job(key).state, yard.job(key).words) == (JobState.FAILED, worker.WORDS_NO_RIGHT)
    assert yard.files() == []


def test_whoever_may_not_export_asks_for_nothing(yard: Any, sign_in: Any, long: None) -> None:
    assert sign_in("teacher.65001").get("/pupils/export").status_code == 403


def test_a_condition_that_holds_no_more_is_told(yard: Any, owner: Any, long: None) -> None:
    key = asked(owner.get("/pupils/export?status=enrolled"))
    found = yard.job(key)
    found.parameters = {**found.parameters, "query": "status=vanished"}
    yard.session.commit()
    yard.work()
    assert yard.job(key).state is JobState.FAILED
    assert "Такого значения нет" in yard.job(key).words


def test_more_rows_than_a_sheet_holds(owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export.writer, "MOST_ROWS", 0)
    answer = owner.get("/pupils/export?format=xlsx")
    assert answer.status_code == 400
    assert "Выгрузите CSV" in answer.text


def test_progress_is_told_by_batches(yard: Any, owner: Any, app: Any, long: None) -> None:
    """In this process, where a batch is one row."""
    from threading import Event

    key = asked(owner.get("/pupils/export"))
    worker.work(app, Event(), once=True)
    found = yard.job(key)
    assert found.done == found.total > 1
