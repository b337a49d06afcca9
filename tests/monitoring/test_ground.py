"""A day of the region's calendar changed in the past: a job, and one correction with its effect for each school."""

import contextvars
import json
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
import time_machine

from app.models.calendars import RegionCalendarDay
from app.models.engine.jobs import Job, JobState
from app.models.monitoring.corrections import Correction, CorrectionState
from app.models.territory import Region
from app.services.engine import worker
from tests.panel.reading import body
from tests.support.locks import pressed

SEPTEMBER = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)
"""The promotions were due the day before; were that a day off, they would be due today."""


@pytest.fixture
def regional(sign_in: Any) -> Any:
    with time_machine.travel(SEPTEMBER, tick=False):
        yield sign_in("regional")


@pytest.fixture
def enter(regional: Any, session: Any) -> Any:
    def run(day: str = "2026-08-31", **more: str) -> Any:
        form = {"region": str(session.query(Region).one().id), "day": day, "act": "указ Губернатора"}
        form |= {"act_number": "17", "act_date": "2026-08-28"} | more
        answer = regional.post("/region_calendar/add", data=form)
        assert answer.status_code == 302, body(answer)
        return answer

    return run


@pytest.fixture
def work(app: Any, session: Any) -> Any:
    """Run what waits, apart from the test's session; the jobs there are."""

    def run() -> list[Job]:
        session.rollback()

        def within() -> None:
            with app.app_context():
                worker.work(app, Event(), once=True)

        contextvars.Context().run(within)
        session.expire_all()
        return session.query(Job).order_by(Job.id).all()

    return run


def corrections(session: Any) -> list[Correction]:
    return session.query(Correction).order_by(Correction.id).all()


def test_each_school_whose_numbers_changed_has_its_correction(enter: Any, work: Any, session: Any, world: Any) -> None:
    enter()
    assert [job.state for job in work()] == [JobState.DONE]
    found = corrections(session)
    assert sorted(each.school_id for each in found) == sorted(world.schools.values())
    first = found[0]
    assert (first.state, first.decided_by) == (CorrectionState.CONFIRMED, "Специалист Имя")
    assert first.document == "№ 17 от 28.08.2026"
    promotion = first.effect["order-promotion"]
    assert (promotion["before"]["overdue"], promotion["after"]["overdue"]) == (5, 0)
    assert promotion["after"]["pending"] == 5
    assert session.query(RegionCalendarDay).count() == 2, "what was counted as if is taken back"


def test_the_pages_of_the_school_tell_it(enter: Any, work: Any, sign_in: Any, session: Any) -> None:
    enter()
    work()
    client = sign_in("director.65001")
    assert "counted=confirmed" in body(client.get("/compliance/")), "the number leads to the list"
    page = body(client.get(f"/corrections/show/{corrections(session)[0].id}"))
    assert "Календарь региона: 31.08.2026 – нерабочий день" in page
    assert "указ Губернатора от 28.08.2026 № 17" in page
    assert "5 → <strong>0</strong>" in page


def test_the_command_tells_what_it_did_to_each_rule(enter: Any, work: Any, app: Any) -> None:
    enter()
    work()
    asked = ["compliance", "corrections", "--org", "65001", "--json"]
    told = {one["rule"]: one for one in json.loads(app.test_cli_runner().invoke(args=asked).stdout)}
    assert (told["order-promotion"]["before"]["overdue"], told["order-promotion"]["after"]["overdue"]) == (5, 0)
    assert told["order-promotion"]["kind"] == "conditions"


def test_taking_the_day_away_is_told_too(enter: Any, work: Any, sign_in: Any, session: Any) -> None:
    enter()
    work()
    day = session.query(RegionCalendarDay).order_by(RegionCalendarDay.id.desc()).first()
    with time_machine.travel(SEPTEMBER + timedelta(hours=1), tick=False):
        assert pressed(sign_in("operator"), f"/region_calendar/delete/{day.id}").status_code == 302
        assert [job.state for job in work()] == [JobState.DONE] * 2
    effects = [each.effect["order-promotion"] for each in corrections(session)]
    assert [(each["before"]["overdue"], each["after"]["overdue"]) for each in effects] == [(5, 0)] * 3 + [(0, 5)] * 3


def test_a_day_moved_is_counted_on_both(enter: Any, work: Any, regional: Any, session: Any) -> None:
    enter("2026-02-19")
    work()
    day = session.query(RegionCalendarDay).order_by(RegionCalendarDay.id.desc()).first()
    form = {"region": str(day.region_id), "day": "2026-08-31", "act": day.act, "act_number": "17"}
    form |= {"act_date": "2026-08-28", "version": str(day.version)}
    assert regional.post(f"/region_calendar/edit/{day.id}", data=form).status_code == 302
    assert work()[-1].parameters["before"] == {"2026-02-19": False, "2026-08-31": None}
    assert len(corrections(session)) == 3


def test_the_job_run_again_writes_nothing_twice(enter: Any, work: Any, session: Any) -> None:
    enter()
    job = work()[0]
    job.state = JobState.WAITING
    session.commit()
    assert work()[0].state is JobState.DONE
    assert len(corrections(session)) == 3


def test_a_day_that_changes_no_number_makes_no_correction(enter: Any, work: Any, session: Any) -> None:
    enter("2026-02-19")
    assert [job.state for job in work()] == [JobState.DONE]
    assert corrections(session) == []


def test_a_day_to_come_is_no_correction(enter: Any, work: Any) -> None:
    enter("2026-11-06")
    assert work() == []
