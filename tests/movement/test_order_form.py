"""What the form of an order says while it is filled in: the term, the next number, what is required (3.3.4.4)."""

import json
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
import time_machine

from tests.support.locks import pressed
from tests.support.ticks import ticked

SCHOOL = "65001"
MORNING = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
"""2 March on Sakhalin."""
FORM = "/movement_orders/add"


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    with time_machine.travel(MORNING, tick=False):
        yield sign_in(f"secretary.{SCHOOL}")


@pytest.fixture
def departure(world: Any) -> Any:
    def make(number: str, day: str, pupil: str = "Иванов") -> dict[str, Any]:
        line = {"lines-0-pupil": world.pupils[(SCHOOL, pupil)], "lines-0-event_date": day}
        return {"kind": "departure", "number": number, "order_date": day} | line

    return make


def test_the_term_is_told_for_the_date_that_decides(secretary: Any) -> None:
    def told(column: str, value: str, kind: str) -> str:
        answer = secretary.get(f"/movement_orders/hint/{column}?value={value}&choice={kind}")
        assert answer.status_code == 200
        return str(answer.get_json()["words"])

    assert told("event_date", "2026-03-02", "departure") == "внести до 04.03.2026"
    assert told("event_date", "26.02.2026", "departure") == "внести до 02.03.2026"
    assert told("event_date", "2026-02-16", "departure") == "срок был 18.02.2026"
    assert told("event_date", "2026-03-02", "enrolment_1") == "", "its term runs from the decision"
    assert told("decision_date", "2026-03-02", "enrolment_1") == "внести до 05.03.2026"
    assert told("decision_date", "2026-03-02", "departure") == ""
    assert told("event_date", "2026-05-26", "promotion") == "внести до 31.08.2026"
    assert told("event_date", "2026-09-10", "promotion") == "", "of the year that ended, or of the new one"
    assert told("event_date", "2026-09-01", "enrolment_10") == "внести до 31.08.2026"
    assert told("event_date", "2026-03-02", "transfer") == "", "it has no term"
    assert told("event_date", "", "departure") == ""
    assert told("event_date", "2026-03-02", "junk") == ""
    for junk in ("junk", "1802-03-02"):
        assert secretary.get(f"/movement_orders/hint/event_date?value={junk}&choice=departure").status_code == 400
    assert secretary.get("/movement_orders/hint/note?value=2026-03-02").status_code == 404


def test_who_enters_no_orders_asks_for_no_terms(sign_in: Any) -> None:
    for role in ("deputy", "teacher"):
        answer = sign_in(f"{role}.{SCHOOL}").get("/movement_orders/hint/event_date?value=2026-03-02&choice=departure")
        assert answer.status_code == 403


def proposed(client: Any) -> dict[str, str]:
    found = re.search(r'data-proposed="([^"]*)"', client.get(FORM).text)
    return json.loads(unescape(found[1])) if found else {}


def test_the_next_number_follows_the_last_of_the_kind(secretary: Any, sign_in: Any, departure: Any, world: Any) -> None:
    assert proposed(secretary) == {}
    assert ticked(secretary, FORM, departure("214-у", "2026-02-26")).status_code == 302
    arrival = departure("221-у", "2026-02-27") | {"kind": "enrolment"}
    arrival["lines-0-to_class"] = world.classes[(SCHOOL, 2025, "5Б")]
    assert ticked(secretary, FORM, arrival).status_code == 302
    assert ticked(secretary, FORM, departure("7/к", "2025-12-30", "Белых")).status_code == 302
    assert proposed(secretary) == {"departure": "222-у", "enrolment": "222-у"}, "one row of numbers in a calendar year"
    assert proposed(sign_in("secretary.65003")) == {}, "another school's numbers are not told"


def test_the_same_number_in_a_year_is_asked_about(secretary: Any, departure: Any) -> None:
    assert secretary.post(FORM, data=departure("14-у", "2026-02-26")).status_code == 302
    again = departure("14-У", "2026-02-27", "Белых")
    asked = secretary.post(FORM, data=again)
    assert asked.status_code == 422
    assert "Приказ с этим номером в 2026 году уже есть." in asked.text
    assert "от 26.02.2026" in asked.text
    assert ticked(secretary, FORM, again).status_code == 302
    assert secretary.post(FORM, data=departure("14-у", "2025-12-30", "Ким")).status_code == 302, "another year"


def test_an_annulled_order_leaves_its_number_free(secretary: Any, departure: Any) -> None:
    assert secretary.post(FORM, data=departure("15-у", "2026-02-26")).status_code == 302
    assert pressed(secretary, "/movement_orders/annul/1", data={"annulment_reason": "Ошибка"}).status_code == 302
    assert secretary.post(FORM, data=departure("15-у", "2026-02-27")).status_code == 302


def test_no_kind_is_chosen_for_the_secretary(secretary: Any, departure: Any) -> None:
    page = secretary.get(FORM).text
    kind = page.partition('name="kind"')[2].partition("</select>")[0]
    assert re.search(r'<option selected value="">|<option value="" selected>|<option value="">', kind)
    assert 'selected value="enrolment' not in kind
    refused = secretary.post(FORM, data=departure("1", "2026-02-26") | {"kind": ""})
    assert refused.status_code == 422
    assert "Вид приказа" in refused.text.partition('id="errors"')[2].partition("</div></div>")[0]


def test_what_a_kind_requires_has_its_star(secretary: Any, departure: Any) -> None:
    page = secretary.get(FORM).text
    assert 'data-needed-for="enrolment enrolment_1 enrolment_10 transfer" hidden' in page
    refused = secretary.post(FORM, data=departure("1", "2026-02-26") | {"kind": "transfer"})
    assert refused.status_code == 422
    assert 'data-needed-for="enrolment enrolment_1 enrolment_10 transfer">' in refused.text
