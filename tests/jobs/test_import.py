"""A long file is checked and brought in by a job: the same outcomes, told on its page, with the file of errors."""

import contextvars
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from app.models.engine.jobs import JobState
from app.models.people import Pupil
from app.panel.importing import work
from app.services.engine import jobs, uploads, worker
from tests.jobs.conftest import LOGIN
from tests.panel.importing.files import Desk, counts, told, workbook

ROWS = (
    ["Фамилия", "Имя", "Дата рождения", "Пол"],
    ["Абрикосова", "Анна", "12.03.2015", "женский"],
    ["Бобров", "Ян", "01.02.1990", ""],
    ["Ворон", "Пётр", "01.02.2014", "мужчина"],
)


@pytest.fixture
def desk(sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(work, "AT_ONCE", 0)
    return Desk(sign_in(LOGIN), "pupils")


def work_here(app: Any) -> None:
    """What a worker does until nothing waits; a process of its own is told by test_worker.py."""

    def run() -> None:
        with app.app_context():
            worker.work(app, Event(), once=True)

    contextvars.Context().run(run)


def test_the_job_does_what_is_done_at_once(yard: Any, desk: Desk) -> None:
    page = desk.send(workbook(*ROWS))
    assert "Файл проверяется: 3 строки" in page.text
    jobs_page = desk.client.get("/jobs/").text
    assert "Проверка файла: Обучающиеся, список.xlsx" in jobs_page
    assert f'href="{desk.address}"' in jobs_page
    work_here(yard.site.app)
    desk.page = desk.client.get(desk.address)
    assert counts(desk.page) == {"новая": 2, "изменена": 0, "без изменений": 0, "отказано": 1}
    assert "Записи сохраняются: 3 строки" in desk.run("pupil-age").text
    work_here(yard.site.app)
    done = desk.client.get(desk.address)
    assert counts(done) == counts(desk.page)
    assert "Загружено. Строки с ошибками не сохранены." in done.text
    names = yard.session.scalars(select(Pupil.last_name).where(Pupil.last_name.in_(["Абрикосова", "Бобров", "Ворон"])))
    assert sorted(names) == ["Абрикосова", "Бобров"]
    last = max(jobs_of(yard), key=lambda each: each.id)
    assert (last.state, last.file_name) == (JobState.DONE, "Обучающиеся – ошибки.xlsx")
    assert desk.client.get(f"/jobs/{last.id}/file", buffered=True).status_code == 200


def test_a_job_that_was_cancelled_has_changed_nothing_more(yard: Any, desk: Desk) -> None:
    desk.send(workbook(*ROWS))
    work_here(yard.site.app)
    desk.page = desk.client.get(desk.address)
    desk.run()
    last = max(jobs_of(yard), key=lambda each: each.id)
    desk.client.post(f"/jobs/{last.id}/cancel")
    page = desk.client.get(desk.address)
    assert "Отменено вами." in page.text
    work_here(yard.site.app)
    assert yard.session.scalar(select(Pupil.id).where(Pupil.last_name == "Абрикосова")) is None


def test_a_file_that_was_taken_away_fails_in_words(yard: Any, desk: Desk) -> None:
    desk.send(workbook(*ROWS))
    with yard.site.app.app_context():
        uploads.discard(desk.address[-32:])
    work_here(yard.site.app)
    [job] = jobs_of(yard)
    assert (job.state, job.words) == (JobState.FAILED, "Файл удалён с сервера. Загрузите его снова.")
    assert desk.client.get(desk.address).status_code == 404


def jobs_of(yard: Any) -> list[Any]:
    yard.session.rollback()
    yard.session.expire_all()
    return list(yard.session.scalars(select(jobs.Job)))


def test_stopped_in_the_middle_it_says_what_is_saved(yard: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.clock import today
    from app.extensions import db
    from app.models.accounts import Account
    from app.panel.importing import upload as uploading
    from app.panel.place import served_view, standing_at
    from app.security.access import actor_for

    desk.send(workbook(*ROWS))
    work_here(yard.site.app)
    account = yard.session.get(Account, yard.site.world.account(LOGIN))
    actor = actor_for(yard.session, account, today())

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with yard.site.app.app_context(), standing_at(desk.address, actor):
        upload = uploading.found("pupils", desk.address[-32:])
        with pytest.raises(KeyboardInterrupt):
            work.run(served_view("pupils"), upload, stop)
        db.session.remove()
    page = desk.client.get(desk.address)
    assert "Обработано строк: 1 из 3; остальные не тронуты." in page.text
    assert list(told(page)) == [2]
