"""SQLite's one writer is held by somebody else: readers notice nothing, few wait, the others keep what they typed."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from app import extensions
from app.models.people import Parent
from app.services.engine import jobs
from tests.panel.reading import body
from tests.support.clients import signed_in
from tests.web.test_serving import opener_of, port  # noqa: F401 - a fixture
from tests.web.test_typed_survives_outage import TYPED, value

SECRETARY = "secretary.65001"
MANY = 40


@pytest.fixture
def sqlite_site(site: Any) -> Any:
    if not site.database.url.startswith("sqlite"):
        pytest.skip("PostgreSQL has many writers")
    return site


@contextmanager
def held(site: Any) -> Iterator[None]:
    site.touched = True
    with closing(sqlite3.connect(site.database.file)) as connection:  # closed though the test fails: all others wait
        connection.execute("BEGIN IMMEDIATE")
        yield


@pytest.fixture
def quick_refusal(sqlite_site: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(extensions, "LOCK_SECONDS", 1)
    monkeypatch.setattr(extensions, "TURN_SECONDS", 0.01)
    sqlite_site.close()
    yield
    sqlite_site.close()


@pytest.mark.usefixtures("quick_refusal")
def test_few_wait_and_all_keep_what_they_typed(
    sqlite_site: Any, world: Any, session: Any, caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[Any] = []

    def send(client: Any) -> None:
        answers.append(client.post("/parents/add", data=TYPED))

    clients = [signed_in(sqlite_site.app, world, SECRETARY) for _ in range(8)]
    with held(sqlite_site):
        threads = [threading.Thread(target=send, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {answer.status_code for answer in answers} == {503}
    for answer in answers:
        assert "Сохранить ещё раз" in body(answer)
        assert value(body(answer), "last_name") == TYPED["last_name"]
    refused = [each.getMessage() for each in caplog.records if "database is locked" in each.getMessage()]
    waited = [each for each in refused if "others wait already" not in each]
    assert (len(refused), len(waited)) == (8, extensions.MOST_WAITING)
    assert session.query(Parent).filter_by(last_name=TYPED["last_name"]).count() == 0
    assert clients[0].post("/parents/add", data=TYPED).status_code == 302


READINGS = ("SELECT", "WITH", "PRAGMA")


@pytest.mark.usefixtures("quick_refusal")
@pytest.mark.parametrize("address", ["/", "/pupils/list/", "/pupils/show/{pupil}", "/pupils/add", "/jobs/", "/me/"])
def test_a_page_writes_nothing(
    sqlite_site: Any, sign_in: Any, world: Any, session: Any, address: str, count_queries: list[str]
) -> None:
    """Nor does it begin to: whoever reads waits for nobody who writes. What is seen of a job is noted if it can be."""
    client = sign_in(SECRETARY)
    if address == "/jobs/":
        ended = jobs.Job(account_id=world.account(SECRETARY), kind="export", title="Выгрузка", parameters={})
        ended.state = jobs.JobState.FAILED
        session.add(ended)
        session.commit()
    count_queries.clear()
    with held(sqlite_site):
        assert client.get(address.format(pupil=world.pupils[("65001", "Ким")])).status_code == 200
    writings = [each for each in count_queries if not each.lstrip().upper().startswith(READINGS)]
    assert address == "/jobs/" or writings == []


def slowest_of(reader: Any) -> float:
    """Seconds that the slowest of some pages took."""
    slowest = 0.0
    for address in ("/healthz", "/pupils/list/", "/"):
        started = time.monotonic()
        assert reader(address)[0] == 200
        slowest = max(slowest, time.monotonic() - started)
    return slowest


def test_readers_are_answered_while_many_want_to_write(sqlite_site: Any, port: int, world: Any) -> None:  # noqa: F811
    """As served: more forms than there are threads, and the writer's place held all the while."""
    reader, writer = (opener_of(signed_in(sqlite_site.app, world, SECRETARY), port) for _ in range(2))
    token = value(writer("/parents/add")[1], "csrf_token")
    codes: list[int] = []
    usual = slowest_of(reader)
    with held(sqlite_site):
        forms = [
            threading.Thread(target=lambda: codes.append(writer("/parents/add", TYPED | {"csrf_token": token})[0]))
            for _ in range(MANY)
        ]
        for form in forms:
            form.start()
        time.sleep(0.5)
        slowest = slowest_of(reader)
        for form in forms:
            form.join()
    assert set(codes) == {503}
    assert len(codes) == MANY
    assert slowest < 4 + 5 * usual, "whatever else the machine does"
