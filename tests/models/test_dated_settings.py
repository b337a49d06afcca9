"""What the terms of a school are counted by (issue 10, 6): weeks of office and grades, acts of the calendar, zones."""

import importlib
import json
from datetime import date
from typing import Any

import pytest

from app.models.calendars import SchoolCalendarDay
from app.models.schools import GradeWeek, SchoolSettings
from tests.panel.reading import at_fields, body

SCHOOL = "65001"
DAY = {"day": "2026-10-02", "act": "Указ Губернатора", "act_number": "20", "act_date": "2026-09-25"}
"""A Friday."""


@pytest.fixture
def due(app: Any) -> Any:
    def run(rule: str, day: str, *options: str) -> dict[str, Any]:
        words = ["deadline", "due", rule, day, "--school", SCHOOL, *options, "--json"]
        return json.loads(app.test_cli_runner().invoke(args=words).stdout)[0]

    return run


def settings(session: Any, world: Any) -> SchoolSettings:
    return session.get(SchoolSettings, world.rows["school_settings"][SCHOOL])


def test_days_before_a_change_of_the_week_are_counted_by_the_old_one(session: Any, world: Any, due: Any) -> None:
    """From Friday, three working days: by five days Wednesday, by six Tuesday; across the change Wednesday still,
    where the Saturday lies before it."""
    before = settings(session, world)
    before.valid_to = date(2026, 10, 31)
    session.flush()
    session.add(SchoolSettings(school_id=before.school_id, work_week=6, valid_from=date(2026, 11, 1)))
    session.commit()
    assert due("account-student", "2026-10-09")["due"] == "2026-10-14"
    assert due("account-student", "2026-10-30")["due"] == "2026-11-05"
    assert due("account-student", "2026-11-06")["due"] == "2026-11-10"
    skipped = due("account-student", "2026-10-30")["skipped"]
    assert [(day["date"], day["reason"]) for day in skipped][:2] == [("2026-10-31", "сб"), ("2026-11-01", "вс")]


def test_a_transfer_from_a_saturday_moves_nothing_for_six_days(session: Any, world: Any, due: Any) -> None:
    """3 January 2026 is a Saturday: its day off went to 9 January by decree, for five days alone."""
    assert due("account-student", "2025-12-30")["due"] == "2026-01-14"
    settings(session, world).work_week = 6
    session.commit()
    assert "2026-01-09" in due("account-student", "2025-12-30")["counted"]


def test_a_grade_has_a_week_of_its_own(session: Any, world: Any, due: Any) -> None:
    """Lessons of Friday: grades 1–4 have five days, the others the office's six."""
    settings(session, world).work_week = 6
    session.commit()
    assert due("lesson-topic", "2026-10-02", "--grade", "4")["due"] == "2026-10-05"
    assert due("lesson-topic", "2026-10-02", "--grade", "5")["due"] == "2026-10-03"
    assert due("lesson-topic", "2026-10-02")["due"] == "2026-10-03"


def test_weeks_of_grades_are_rows_of_the_settings(session: Any, world: Any, sign_in: Any) -> None:
    """May: the school's Administrator. Two weeks of one grade are refused at the row."""
    key = world.rows["school_settings"][SCHOOL]
    client, address = sign_in(f"administrator.{SCHOOL}"), f"/settings/edit/{key}"
    row = world.rows["grade_week"][SCHOOL]
    typed = {"work_week": "6", "time_zone": "Asia/Sakhalin", "valid_from": "2015-01-01", "version": "1"}
    typed |= {f"grade_weeks-0-{name}": str(value) for name, value in
              {"id": row, "grade_from": 1, "grade_to": 4, "work_week": 5}.items()}  # fmt: skip
    more = {f"grade_weeks-1-{name}": value for name, value in
            {"grade_from": "4", "grade_to": "11", "work_week": "6"}.items()}  # fmt: skip
    answer = client.post(address, data=typed | more)
    assert (answer.status_code, "неделя уже указана: 1–4" in body(answer)) == (422, True)
    assert session.query(GradeWeek).filter_by(settings_id=key).count() == 1
    assert client.post(address, data=typed | more | {"grade_weeks-1-grade_from": "5"}).status_code == 302
    assert session.query(GradeWeek).filter_by(settings_id=key).count() == 2
    assert sign_in(f"director.{SCHOOL}").post(address, data=typed).status_code == 403


def test_a_zone_is_chosen_from_those_of_russia(world: Any, sign_in: Any) -> None:
    key = world.rows["school_settings"][SCHOOL]
    client = sign_in(f"administrator.{SCHOOL}")
    page = body(client.get(f"/settings/edit/{key}"))
    assert "Сахалин (UTC+11)" in page
    typed = {"work_week": "5", "valid_from": "2015-01-01", "version": "1"}
    for zone in ("Europe/Paris", "Сахалинское", ""):
        answer = client.post(f"/settings/edit/{key}", data=typed | {"time_zone": zone})
        assert (answer.status_code, set(at_fields(body(answer)))) == (422, {"time_zone"})
    assert client.post(f"/settings/edit/{key}", data=typed | {"time_zone": "Asia/Magadan"}).status_code == 302


def test_a_form_asks_for_all_of_the_act_at_once(sign_in: Any) -> None:
    answer = sign_in(f"administrator.{SCHOOL}").post("/school_calendar/add", data={})
    assert set(at_fields(body(answer))) == {"day", "act", "act_number", "act_date"}


@pytest.mark.parametrize("missing", ["act", "act_number", "act_date"])
def test_a_day_is_moved_by_an_act_with_number_and_date(session: Any, world: Any, sign_in: Any, missing: str) -> None:
    client = sign_in(f"administrator.{SCHOOL}")
    answer = client.post("/school_calendar/add", data=DAY | {missing: ""})
    assert (answer.status_code, set(at_fields(body(answer)))) == (422, {missing})
    assert session.query(SchoolCalendarDay).filter_by(day=date(2026, 10, 2)).count() == 0


@pytest.mark.parametrize(
    ("field", "typed"),
    [*(("act_number", junk) for junk in ("-", "№", "б/н")), ("act_date", "2099-01-01"), ("act_date", "1900-01-01")],
)
def test_an_act_can_be_found_by_its_number_and_date(sign_in: Any, world: Any, field: str, typed: str) -> None:
    answer = sign_in(f"administrator.{SCHOOL}").post("/school_calendar/add", data=DAY | {field: typed})
    assert (answer.status_code, set(at_fields(body(answer)))) == (422, {field})


def test_the_act_is_told_where_the_day_is_skipped(world: Any, sign_in: Any, due: Any) -> None:
    assert sign_in(f"administrator.{SCHOOL}").post("/school_calendar/add", data=DAY).status_code == 302
    assert due("account-student", "2026-10-01")["skipped"][0] == {
        "date": "2026-10-02",
        "reason": "Указ Губернатора от 25.09.2026 № 20",
    }


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Указ № 1 от 01.08.2026", ("Указ", "1", date(2026, 8, 1))),
        ("Приказ школы от 12.02.2026 г. № 5-ОД", ("Приказ школы", "5-ОД", date(2026, 2, 12))),
        ("Указ № 1 от 31.02.2026", None),
        ("Распоряжение", None),
    ],
)
def test_the_migration_takes_number_and_date_where_they_stand_exactly(text: str, parts: Any) -> None:
    migration = importlib.import_module("migrations.versions.20261126_94_grade_weeks")
    found = migration._parts(text)
    assert (found and tuple(found[name] for name in ("act", "act_number", "act_date"))) == parts
