"""«Мои задания» over HTTP: one's own alone, the file as it is called, cancelled, removed, told of once."""

from typing import Any
from urllib.parse import quote

import pytest

from app.models.engine.jobs import Job, JobState
from app.services.engine import jobs, worker
from tests.jobs.conftest import LOGIN
from tests.jobs.kinds import BLOCK

OTHER = "deputy.65001"


@pytest.fixture
def owner(sign_in: Any) -> Any:
    """As after signing in: the first page asks whether there are jobs."""
    client = sign_in(LOGIN)
    with client.session_transaction() as state:
        state[jobs.MAY_HAVE] = True
    return client


def test_the_file_is_its_owners_under_its_name(yard: Any, owner: Any) -> None:
    key = yard.ask()
    assert owner.get(f"/jobs/{key}/file", buffered=True).status_code == 404, "there is none yet"
    yard.work()
    answer = owner.get(f"/jobs/{key}/file", buffered=True)
    assert answer.data == BLOCK * 3
    assert f"filename*=UTF-8''{quote('Итоги за май.txt')}" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"


def test_anothers_job_does_not_exist(yard: Any, sign_in: Any) -> None:
    key = yard.ask()
    yard.work()
    for login in (OTHER, "director.65001", "operator"):
        client = sign_in(login)
        assert "Задание test-steps" not in client.get("/jobs/").text
        assert client.get(f"/jobs/{key}/file", buffered=True).status_code == 404
        assert client.post(f"/jobs/{key}/cancel").status_code == 404
        assert client.post(f"/jobs/{key}/remove").status_code == 404
    assert yard.job(key).state is JobState.DONE
    assert len(yard.files()) == 1


def test_nothing_is_shown_before_signing_in(yard: Any, app: Any) -> None:
    key = yard.ask()
    client = app.test_client()
    for address in ("/jobs/", f"/jobs/{key}/file"):
        assert "/login/" in client.get(address).location


def test_a_right_that_ended_since_gives_no_file(yard: Any, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = yard.ask()
    yard.work()
    kind = jobs.KINDS["test-steps"]
    monkeypatch.setitem(jobs.KINDS, "test-steps", jobs.Kind(kind.name, kind.run, lambda actor, given: False))
    answer = owner.get(f"/jobs/{key}/file", buffered=True)
    assert answer.status_code == 403
    assert worker.WORDS_NO_RIGHT in answer.text


def test_progress_is_told_and_renewed_only_while_something_goes_on(yard: Any, owner: Any) -> None:
    key = yard.ask()
    found = yard.job(key)
    found.state, found.done, found.total, found.words = JobState.RUNNING, 1200, 65000, "Пишем строки"
    yard.session.commit()
    page = owner.get("/jobs/").text
    assert "Выполняется" in page
    assert 'value="1200"' in page
    assert "1\xa0200 из 65\xa0000" in page
    assert "/jobs/?look=2" in page
    yard.job(key).state = JobState.DONE
    yard.session.commit()
    assert "hx-get" not in owner.get("/jobs/").text
    assert owner.get("/jobs/?look=x").status_code == 400


def test_the_end_is_told_once_and_counted_until_it_is_seen(yard: Any, owner: Any) -> None:
    key = yard.ask()
    assert "«Задание test-steps»" not in owner.get("/").text
    yard.work()
    first, second = owner.get("/").text, owner.get("/").text
    assert "«Задание test-steps»: готово" in first
    assert "«Задание test-steps»" not in second
    assert '<span class="count">1</span>' in second
    assert "новое" in owner.get("/jobs/").text
    assert "новое" not in owner.get("/jobs/").text
    assert '<span class="count">' not in owner.get("/").text
    assert yard.job(key).seen_at is not None


def test_a_finished_job_is_removed_with_its_file(yard: Any, owner: Any) -> None:
    key = yard.ask()
    owner.post(f"/jobs/{key}/remove")
    assert "сначала отмените" in owner.get("/jobs/").text
    yard.work()
    owner.post(f"/jobs/{key}/remove")
    assert "убрано вместе с файлом" in owner.get("/jobs/").text
    assert yard.session.query(Job).count() == 0
    assert yard.files() == []


def test_a_waiting_job_is_cancelled_and_never_runs(yard: Any, owner: Any) -> None:
    key = yard.ask()
    owner.post(f"/jobs/{key}/cancel")
    yard.work()
    assert (yard.job(key).state, yard.runs()) == (JobState.CANCELLED, 0)
    owner.post(f"/jobs/{key}/cancel")
    assert "уже закончилось" in owner.get("/jobs/").text


def test_an_error_page_asks_nothing_of_the_database(yard: Any, owner: Any, count_queries: list[str]) -> None:
    yard.ask()
    count_queries.clear()
    assert owner.get("/no-such-page").status_code == 404
    assert not [statement for statement in count_queries if "FROM job" in statement]


def test_whoever_has_no_job_is_asked_once(owner: Any, count_queries: list[str]) -> None:
    for number in (1, 0, 0):
        count_queries.clear()
        owner.get("/pupils/list/")
        assert sum("FROM job" in statement for statement in count_queries) == number
