"""Whoever is put into a class or taken out of it by hand owes the order: «полнота» of 3.3.9.2 is measured."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from app.compliance import of_records, queries
from app.compliance.bindings.movement import RULES
from app.compliance.evaluate import judge_all
from app.models.movement.kinds import OrderKind
from tests.compliance.worlds import World
from tests.support.standings import standing

DAY = timedelta(days=1)
AUTUMN, TODAY = date(2025, 9, 1), date(2026, 3, 1)
HOLIDAYS = date(2025, 12, 28)
"""The last day of the first half-year; the second one begins in the world of tests on 25 February."""
RULES_OF_STAYS = ("order-departure", "order-enrolment", "order-enrolment-1")


class Place:
    def __init__(self) -> None:
        self.world = World()
        self.world.region()
        self.school = self.world.school()
        self.year = self.world.year(self.school, 2025)
        self.pupil = self.world.pupil(self.school)

    def member(self, starts: date, ends: date | None = None, grade: int = 5, letter: str = "А", **values: Any) -> int:
        values.setdefault("initial", False)
        letter = f"{letter}{len(self.world.tables['school_class'])}"
        return self.world.member(self.pupil, self.world.school_class(self.year, grade, letter), starts, ends, **values)

    def line(self, kind: OrderKind, event: date) -> int:
        order = self.world.order(self.year, kind)
        return self.world.line(order, self.pupil, self.world.school_class(self.year, 7), event, event)


@pytest.fixture
def owed(connection: Connection):
    """(rule, trigger) of what is owed and not done: by SQL and in Python, which agree."""

    def run(place: Place, on: date = TODAY) -> list[tuple[str, date]]:
        place.world.store(connection)
        found = queries.records(connection, RULES_OF_STAYS, None, on)
        judged = judge_all(connection, found, on)
        assert [(each.status, each.due) for each in found] == [(each.status.value, each.due) for each in judged]
        return [(each.record.rule, each.record.anchor) for each in judged if each.record.evidence is None]

    return run


@pytest.mark.parametrize(("grade", "rule"), [(1, "order-enrolment-1"), (5, "order-enrolment"), (10, "order-enrolment")])
def test_a_stay_begun_by_hand_owes_its_enrolment(grade: int, rule: str, owed: Any) -> None:
    place = Place()
    place.member(AUTUMN + 9 * DAY, grade=grade)
    assert owed(place) == [(rule, AUTUMN + 9 * DAY)]


def test_a_tenth_grade_of_the_first_day_owes_it_by_a_rule_of_its_own(owed: Any, connection: Connection) -> None:
    place = Place()
    place.member(AUTUMN, grade=10)
    assert owed(place) == []
    [record] = queries.records(connection, RULES, None, TODAY)
    assert record.rule == "order-enrolment-10"


def test_what_was_brought_in_when_the_school_began_owes_none(owed: Any) -> None:
    place = Place()
    place.member(AUTUMN, initial=True)
    assert owed(place) == []


def test_an_order_is_judged_by_its_own_line(owed: Any) -> None:
    place = Place()
    place.member(AUTUMN, opened_by=place.line(OrderKind.ENROLMENT, AUTUMN))
    assert owed(place) == []


def test_taken_out_within_the_year_is_a_departure(owed: Any) -> None:
    place = Place()
    place.member(AUTUMN, date(2025, 10, 10), initial=True)
    assert owed(place) == [("order-departure", date(2025, 10, 10))]


@pytest.mark.parametrize("last", [date(2026, 5, 26), date(2026, 8, 31)])
def test_the_summer_ends_nothing(last: date, owed: Any) -> None:
    place = Place()
    place.member(AUTUMN, last, initial=True)
    assert owed(place, date(2026, 10, 1)) == []


@pytest.mark.parametrize(
    ("last", "back"),
    [
        (date(2025, 10, 10), date(2025, 10, 11)),
        (date(2025, 10, 10), date(2025, 10, 13)),  # over the weekend
        (date(2025, 11, 1), date(2025, 11, 5)),  # 1 November is a working Saturday, 2–4 are days off
        (HOLIDAYS, date(2026, 1, 20)),  # no study period holds these days
    ],
)
def test_a_gap_without_a_study_day_is_one_stay(last: date, back: date, owed: Any) -> None:
    place = Place()
    place.member(AUTUMN, last, initial=True)
    place.member(back)
    assert owed(place) == []


def test_a_gap_with_one_is_a_departure_and_an_enrolment(owed: Any) -> None:
    place = Place()
    place.member(AUTUMN, date(2025, 10, 10), initial=True)
    place.member(date(2025, 10, 14))
    assert owed(place) == [("order-departure", date(2025, 10, 10)), ("order-enrolment", date(2025, 10, 14))]


def test_after_a_departure_the_return_owes_an_enrolment_however_soon(owed: Any) -> None:
    place = Place()
    last = date(2025, 10, 10)
    place.member(AUTUMN, last, initial=True, closed_by=place.line(OrderKind.DEPARTURE, last))
    place.member(last + DAY)
    assert owed(place) == [("order-enrolment", last + DAY)]


def test_it_is_counted_from_the_day_on(owed: Any) -> None:
    place = Place()
    place.member(AUTUMN + 9 * DAY)
    assert owed(place, AUTUMN + 8 * DAY) == []


def test_the_card_tells_it_too(owed: Any, connection: Connection) -> None:
    place = Place()
    place.member(AUTUMN + 9 * DAY)
    owed(place)
    [record] = of_records.facts_about(connection, "pupil", [place.pupil], None, TODAY, RULES)
    [one] = judge_all(connection, [record], TODAY)
    assert (one.status.value, one.record.caption, one.record.evidence_caption) == ("overdue", "Иванов Пётр", "")
    [found] = standing(connection, "pupil", [place.pupil], None, TODAY, RULES)
    assert (found.rule, found.status) == ("order-enrolment", "overdue")
