"""The register of readings (issue 10, 8): chosen by the region for a school year, executed, shown in every why."""

from datetime import date
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, select

from app.compliance import queries
from app.compliance.readings import Choice, readings_of
from app.models.monitoring import ReadingChoice
from app.models.monitoring.corrections import Correction
from app.models.study import StudyPeriod
from app.regulation import load_regulation
from tests.panel.reading import at_fields, body

SCHOOL = "65001"
CHOICE = {"start_year": "2025", "option": "until-date:exclusive", "act_number": "12-р", "act_date": "2025-09-01"}
"""«До» is exclusive in 2025/26: 30 June in place of 1 July, 28 August in place of 31 August."""
RULE = "order-graduation"
pytestmark = pytest.mark.usefixtures("world")


def choose(sign_in: Any, **other: str) -> Any:
    return sign_in("regional").post("/reading_choices/add", data=CHOICE | other)


def statuses(session: Any, on: date) -> dict[str, int]:
    found = queries.counts(session.connection(), [RULE], None, on, group="rule")
    return {each.status.value: each.number for each in found}


@pytest.mark.parametrize("day", [date(2026, 6, 30), date(2026, 7, 1)])
def test_a_choice_moves_the_term_of_its_school_year(sign_in: Any, session: Any, day: date) -> None:
    """On 30 June still pending; on 1 July overdue, where by default it is the last day. Counts and records agree."""
    assert statuses(session, day) == {"pending": 6}
    assert choose(sign_in).status_code == 302
    overdue = {"pending": 6} if day < date(2026, 7, 1) else {"overdue": 6}
    assert statuses(session, day) == overdue


def test_a_choice_of_another_year_moves_nothing(sign_in: Any, session: Any) -> None:
    assert choose(sign_in, start_year="2026").status_code == 302
    assert statuses(session, date(2026, 7, 1)) == {"pending": 6}


def test_every_why_names_the_choice_its_act_and_author(sign_in: Any) -> None:
    assert choose(sign_in).status_code == 302
    with time_machine.travel(date(2026, 7, 10), tick=False):
        page = body(sign_in(f"deputy.{SCHOOL}").get(f"/compliance/records?org={SCHOOL}&rule={RULE}&status=overdue"))
    assert "30.06.2026" in page
    assert "сама дата уже не в срок" in page
    assert "выбрано на 2025/26: акт № 12-р от 01.09.2025, " in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"option": "until-date:sometimes"}, "option"),
        ({"option": ""}, "option"),
        ({"act_number": ""}, "act_number"),
        ({"act_number": "б/н"}, "act_number"),
        ({"act_date": "вчера"}, "act_date"),
        ({"act_date": "2099-09-01"}, "act_date"),
        ({"act_date": "1900-09-01"}, "act_date"),
        ({"start_year": "1900"}, "start_year"),
    ],
)
def test_a_wrong_choice_is_told_at_its_field(sign_in: Any, session: Any, typed: dict[str, str], field: str) -> None:
    answer = choose(sign_in, **typed)
    assert (answer.status_code, set(at_fields(body(answer)))) == (422, {field})
    assert session.query(ReadingChoice).count() == 0


def test_a_reading_is_chosen_once_a_year(sign_in: Any, session: Any) -> None:
    assert choose(sign_in).status_code == 302
    assert choose(sign_in, option="until-date:inclusive", act_number="13-р").status_code == 422
    assert choose(sign_in, option="fixed-date-roll:none").status_code == 302
    assert session.query(ReadingChoice).count() == 2


def test_the_region_sets_the_last_day_of_study_where_a_school_made_no_periods(sign_in: Any, session: Any) -> None:
    """A correction of each school whose numbers that changes; a day of another year and a second day are refused."""
    session.execute(delete(StudyPeriod))
    session.commit()
    day = {"start_year": "2025", "grades": "9,11", "day": "2026-06-20", "act_number": "7-р", "act_date": "2026-05-01"}
    with time_machine.travel(date(2026, 6, 1), tick=False):
        assert statuses(session, date(2026, 6, 1)) == {"pending": 6}
        answer = sign_in("regional").post("/year_ends/add", data=day | {"day": "2026-09-20"})
        assert (answer.status_code, set(at_fields(body(answer)))) == (422, {"day"})
        assert sign_in(f"deputy.{SCHOOL}").post("/year_ends/add", data=day).status_code == 403
        assert sign_in("regional").post("/year_ends/add", data=day).status_code == 302
        assert sign_in("regional").post("/year_ends/add", data=day).status_code == 422
        assert statuses(session, date(2026, 6, 1)) == {}
        told = [(row.about, row.effect[RULE]["before"]["pending"]) for row in session.scalars(select(Correction))]
    assert len(told) == 3
    assert sum(number for _, number in told) == 6
    assert all("20.06.2026" in about for about, _ in told)
    page = body(sign_in(f"deputy.{SCHOOL}").get("/year_ends/list/"))
    assert "2025/26, 9 и 11 классы: 20.06.2026" in page


@pytest.mark.parametrize("role", ["director", "deputy", "administrator"])
def test_the_school_reads_and_does_not_choose(sign_in: Any, role: str) -> None:
    client = sign_in(f"{role}.{SCHOOL}")
    assert client.get("/readings/").status_code == 200
    assert client.post("/reading_choices/add", data=CHOICE).status_code == 403
    assert "Выбрать чтение" not in body(client.get("/readings/"))
    assert sign_in(f"secretary.{SCHOOL}").get("/readings/").status_code == 403


def test_the_operator_reads_and_does_not_choose(sign_in: Any) -> None:
    """He keeps the panel; how a text is read the regional specialist decides."""
    client = sign_in("operator")
    assert client.get("/readings/").status_code == 200
    assert client.post("/reading_choices/add", data=CHOICE).status_code == 403
    assert "Выбрать чтение" not in body(client.get("/readings/"))
    assert client.get("/region_calendar/list/").status_code == 200


def test_the_register_names_every_reading_and_what_holds(sign_in: Any) -> None:
    assert choose(sign_in).status_code == 302
    page = body(sign_in("regional").get("/readings/?year=2025")).replace("\u2060", "")  # «10-х» stays on one line
    for reading in load_regulation().readings.values():
        assert reading.title in page
        assert [each.title for each in reading.options.values() if each.title not in page] == []
    for one in load_regulation().unread.values():
        own = page.split(f'id="reading-{one.id}"')[1].split("</section>")[0]
        assert one.title in own
        assert f"Нет данных: {one.why}. Выбирать нечего" in own
        assert "<a " not in own
        assert one.id not in sign_in("regional").get("/reading_choices/add").text
    assert "акт № 12-р от 01.09.2025" in page
    assert "акт № 12-р" not in body(sign_in("regional").get("/readings/?year=2026"))
    assert sign_in("regional").get("/readings/?year=вчера").status_code == 400


def test_the_effect_is_what_the_counts_become(sign_in: Any, session: Any) -> None:
    """Before anything is chosen: six graduations pending on 1 July would be overdue; nothing is stored."""
    with time_machine.travel(date(2026, 7, 1), tick=False):
        page = body(sign_in("regional").get("/readings/effect/until-date/exclusive?year=2025"))
        own = body(sign_in(f"deputy.{SCHOOL}").get("/readings/effect/until-date/exclusive?year=2025"))
    assert "6 → <strong>0</strong>" in page
    assert "0 → <strong>6</strong>" in page
    assert "0 → <strong>2</strong>" in own, "a school sees its own numbers"
    assert session.query(ReadingChoice).count() == 0
    asked = readings_of(session.connection()).instead(Choice(2025, "until-date", "exclusive"))
    found = queries.counts(session.connection(), [RULE], None, date(2026, 7, 1), group="rule", readings=asked)
    assert [(each.status.value, each.number) for each in found] == [("overdue", 6)]
    assert sign_in("regional").get("/readings/effect/until-date/sometimes").status_code == 404
