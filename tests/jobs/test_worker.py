"""The worker as a real process: one of two gets a job, a killed one's is taken up again, nothing is ever half."""

import signal
from datetime import UTC, date, datetime, timedelta
from threading import Event, Timer
from typing import Any

import pytest
import time_machine

from app.clock import utc_now
from app.models.accounts import Account
from app.models.accounts.appointments import Appointment
from app.models.engine.jobs import JobState
from app.services.engine import jobs, worker
from app.services.engine.errors import Conflict
from tests.jobs.conftest import LOGIN
from tests.jobs.kinds import BLOCK


def test_a_job_runs_as_its_owner_and_leaves_a_file(yard: Any) -> None:
    key = yard.ask()
    logged = yard.work_apart()
    found = yard.job(key)
    assert not logged
    assert (found.state, found.file_name, found.file_size) == (JobState.DONE, "Итоги за май.txt", 3 * len(BLOCK))
    assert not yard.log.read_text().startswith("Система")
    assert yard.files() == [found.stored_as]


def test_the_day_of_a_job_is_the_day_on_which_it_runs(yard: Any, app: Any) -> None:
    """Asked for before midnight, taken up after it: the rights and the day are those of the running."""
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC)):  # 23:00 of the same day on Sakhalin
        yard.ask()
    with time_machine.travel(datetime(2026, 3, 2, 13, 30, tzinfo=UTC)):
        worker.work(app, Event(), once=True)
    assert yard.log.read_text().rstrip().endswith(": 2026-03-03")


def test_two_workers_never_run_one_job_twice(yard: Any) -> None:
    keys = [yard.ask(pause=0.1, mark=number) for number in range(4)]
    for process in [yard.worker(), yard.worker()]:
        process.wait(90)
    assert yard.runs() == 4
    assert {yard.job(key).attempts for key in keys} == {1}
    assert {yard.job(key).state for key in keys} == {JobState.DONE}


def test_a_claim_is_won_by_one(yard: Any, app: Any) -> None:
    """The same row seen by two: the second UPDATE finds another version."""
    key = yard.ask()
    row = yard.job(key)
    seen = worker.Taken(row.id, row.version, row.account_id, row.kind, row.parameters, row.attempts)
    yard.session.rollback()
    assert [worker._claim(seen) is not None, worker._claim(seen) is not None] == [True, False]


def test_a_job_whose_worker_was_killed_is_taken_up_again(yard: Any) -> None:
    key = yard.ask(steps=40, pause=0.2)
    first = yard.worker()
    yard.until(key, lambda job: job.done >= 2)
    first.send(signal.SIGKILL)
    first.wait()
    assert [name.endswith(".part") for name in yard.files()] == [True]
    assert yard.job(key).file_name == ""
    yard.work()
    assert yard.runs() == 1, "it still gives the impression of life"
    _silent(yard, key, steps=2)
    yard.work()
    found = yard.job(key)
    assert (found.state, found.attempts, yard.runs()) == (JobState.DONE, 2, 2)
    assert yard.files() == [found.stored_as]
    assert next(yard.folder.rglob(found.stored_as)).read_bytes() == BLOCK * 2


def test_a_job_that_kills_its_workers_is_given_up(yard: Any) -> None:
    key = yard.ask()
    _silent(yard, key, state=JobState.RUNNING, attempts=worker.MOST_ATTEMPTS)
    yard.work()
    found = yard.job(key)
    assert (found.state, found.words, yard.runs()) == (JobState.FAILED, worker.WORDS_DIED, 0)


def test_a_worker_that_was_believed_dead_changes_nothing(yard: Any) -> None:
    key = yard.ask(steps=30, pause=0.2)
    first = yard.worker()
    yard.until(key, lambda job: job.done >= 1)
    taken = yard.job(key).version
    yard.job(key).version = taken + 1
    yard.session.commit()
    first.wait()
    found = yard.job(key)
    assert (found.state, found.version, found.file_name) == (JobState.RUNNING, taken + 1, "")
    assert yard.files() == []


def _silent(yard: Any, key: int, steps: int | None = None, **values: Any) -> None:
    """As if it had given no sign for long."""
    found = yard.job(key)
    found.heartbeat_at = utc_now() - worker.SILENT - timedelta(seconds=1)
    for name, value in values.items():
        setattr(found, name, value)
    if steps is not None:
        found.parameters = {**found.parameters, "steps": steps, "pause": 0}
    yard.session.commit()


def test_a_worker_told_to_stop_gives_its_job_back(yard: Any, app: Any) -> None:
    key = yard.ask(steps=100, pause=0.1)
    stop = Event()
    Timer(1.5, stop.set).start()
    worker.work(app, stop)
    found = yard.job(key)
    assert (found.state, found.attempts) == (JobState.WAITING, 0)
    assert yard.files() == []


def test_a_cancelled_job_stops_at_its_next_step(yard: Any, sign_in: Any) -> None:
    key = yard.ask(steps=200, pause=0.1)
    process = yard.worker()
    yard.until(key, lambda job: job.done >= 2)
    assert sign_in(LOGIN).post(f"/jobs/{key}/cancel").status_code == 302
    process.wait(15)
    found = yard.job(key)
    assert (found.state, found.words) == (JobState.CANCELLED, "Отменено вами.")
    assert yard.files() == []


@pytest.mark.parametrize(
    ("kind", "words"), [("test-broken", worker.WORDS_BROKEN), ("test-refused", "Класс уже закрыт.")]
)
def test_what_went_wrong_is_told_in_words(yard: Any, sign_in: Any, kind: str, words: str) -> None:
    key = yard.ask(kind)
    logged = yard.work_apart()
    found = yard.job(key)
    assert (found.state, found.words) == (JobState.FAILED, words)
    assert "Traceback" in logged
    page = sign_in(LOGIN).get("/jobs/").text
    assert words in page
    assert "Traceback" not in page
    assert "secret words" not in page
    assert yard.files() == []


def test_no_room_for_the_file(yard: Any) -> None:
    """A real limit of the system: the file may not grow beyond 4 MB."""
    key = yard.ask(steps=100)
    yard.work_apart("--small-files")
    found = yard.job(key)
    assert (found.state, found.words, yard.files()) == (JobState.FAILED, worker.WORDS_FULL, [])


def test_a_right_withdrawn_before_it_runs(yard: Any) -> None:
    key = yard.ask()
    account_id = yard.site.world.account(LOGIN)
    for each in yard.session.query(Appointment).filter_by(account_id=account_id):
        each.valid_to = date(2020, 1, 1)
        each.valid_from = date(2019, 1, 1)
    yard.session.commit()
    yard.work()
    found = yard.job(key)
    assert (found.state, found.words, yard.runs()) == (JobState.FAILED, worker.WORDS_NO_RIGHT, 0)


def test_an_account_closed_before_it_runs(yard: Any) -> None:
    key = yard.ask()
    yard.session.get(Account, yard.site.world.account(LOGIN)).closed_on = date(2026, 1, 1)
    yard.session.commit()
    yard.work()
    assert (yard.job(key).state, yard.runs()) == (JobState.CANCELLED, 0)


def test_a_job_is_asked_for_in_the_transaction_of_what_asks(yard: Any, world: Any) -> None:
    from app.models.engine.jobs import Job
    from app.security.actor import Actor
    from app.security.guard import acting

    with acting(yard.session, Actor("x", account_id=world.account(LOGIN))):
        key = jobs.ask(yard.session, "test-refused", "Отменённое", {}).id
        yard.session.rollback()
    assert yard.session.get(Job, key) is None


def test_nobody_fills_the_queue(yard: Any) -> None:
    first = yard.ask(mark=0)
    assert yard.ask(mark=0) == first, "the same once more is the one that waits"
    for number in range(1, jobs.MOST_ACTIVE):
        yard.ask(mark=number)
    with pytest.raises(Conflict, match="незаконченных заданий"):
        yard.ask(mark=99)


def test_old_jobs_and_strange_files_are_swept(yard: Any) -> None:
    import os

    old, fresh = yard.ask(mark=1), yard.ask(mark=2)
    yard.work()
    kept = yard.job(fresh).stored_as
    yard.job(old).finished_at = utc_now() - worker.KEPT - timedelta(minutes=1)
    yard.session.commit()
    strange = next(yard.folder.rglob(kept)).with_name("999-1.part")
    strange.write_bytes(b"x")
    os.utime(strange, (1, 1))
    yard.work()
    assert yard.job(old) is None
    assert yard.files() == [kept]


def test_the_command_runs_what_waits(yard: Any, app: Any) -> None:
    key = yard.ask()
    result = app.test_cli_runner().invoke(args=["jobs", "work", "--once"])
    assert result.exit_code == 0, result.output
    assert yard.job(key).state is JobState.DONE
