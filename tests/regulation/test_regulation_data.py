"""The shipped data against the regulation's own text."""

import re
from pathlib import Path

import pytest

from app.regulation import load_regulation
from app.regulation.schema import OpeningKind, Shape

TEXT = (Path(__file__).parents[2] / "docs" / "regulation" / "reglament.md").read_text(encoding="utf-8")
REGULATION = load_regulation()
RULES = {
    "content-ready": Shape.YEARLY,
    "account-student": Shape.EXPECTED,
    "account-parent": Shape.EXPECTED,
    "account-employee": Shape.EXPECTED,
    "timetable": Shape.YEARLY,
    "event": Shape.RECORD,
    "holiday": Shape.RECORD,
    "day-transfer": Shape.RECORD,
    "order-promotion": Shape.EXPECTED,
    "order-repeat": Shape.EXPECTED,
    "order-graduation": Shape.EXPECTED,
    "order-repeat-9": Shape.EXPECTED,
    "order-departure": Shape.EXPECTED,
    "order-enrolment": Shape.EXPECTED,
    "order-enrolment-10": Shape.EXPECTED,
    "order-enrolment-1": Shape.EXPECTED,
    "gia-check": Shape.EXPECTED,
    "lesson-topic": Shape.EXPECTED,
    "lesson-homework": Shape.EXPECTED,
    "lesson-attendance": Shape.EXPECTED,
    "lesson-marks": Shape.RECORD,
    "period-marks": Shape.EXPECTED,
    "absence-reason": Shape.EXPECTED,
}
# Points of Annex 1 by role: clauses 3.3.3.3, 3.3.4.4, 3.3.5.2, 3.3.8.1.
POINTS = {
    "deputy": {1, 7, *range(9, 14), 18},
    "secretary": {2, 3, 4, 10},
    "hr": {2, 3, 4, 10},
    "teacher": {2, 3, 5, 8, 12, *range(14, 18)},
    "student": {6},
    "parent": {6},
}


def clauses():
    for rule in REGULATION.rules.values():
        yield from rule.clauses
    for role in REGULATION.roles.values():
        yield role.clause
        yield from (grant.clause for grant in role.grants)
    yield from (row.clause for row in REGULATION.resources.values())
    yield from (one.clause for one in REGULATION.monitoring)
    yield from (one.clause for point in REGULATION.requirements for one in point.responsible)
    yield from (one.clause for one in REGULATION.exclusive.values())


def test_the_23_rules_and_their_shapes():
    assert {rule.id: rule.shape for rule in REGULATION.rules.values()} == RULES


@pytest.mark.parametrize("rule", list(REGULATION.rules.values()), ids=lambda rule: rule.id)
def test_quote_is_the_regulations_own_words(rule):
    assert rule.quote in TEXT
    assert all(value.quote in TEXT for value in rule.values)


@pytest.mark.parametrize("clause", sorted(set(clauses())))
def test_every_cited_clause_stands_in_the_regulation(clause):
    assert re.search(rf"^{re.escape(clause)}\.", TEXT, re.MULTILINE)


def test_movement_orders_are_entered_by_3_3_4_and_controlled_by_3_3_3():
    orders = [rule for rule in REGULATION.rules.values() if rule.id.startswith("order-")]
    assert {rule.enters for rule in orders} == {("secretary", "hr")}
    assert {rule.controls for rule in orders} == {("deputy",)}
    assert {rule.clauses for rule in orders} == {("3.3.3.2", "3.3.4.4")}


def test_every_rule_is_supervised_by_municipality_and_region():
    assert {rule.supervisors for rule in REGULATION.rules.values()} == {("municipal", "regional")}


def test_openings():
    kinds = {rule.id: rule.opens.kind for rule in REGULATION.rules.values()}
    year_end = {"order-promotion", "order-repeat", "order-graduation", "order-repeat-9"}
    assert {rule for rule, kind in kinds.items() if kind is OpeningKind.YEAR_END} == year_end
    set_day = {"content-ready", "timetable", "order-enrolment-10"}
    assert {rule for rule, kind in kinds.items() if kind is OpeningKind.DAY} == set_day


def test_annex_1_is_18_empty_slots():
    assert [one.point for one in REGULATION.requirements] == list(range(1, 19))
    assert {one.text for one in REGULATION.requirements} == {None}
    found = {role: {one.point for one in REGULATION.requirements if role in one.roles} for role in POINTS}
    assert found == POINTS


def test_monitoring_invents_nothing():
    for line in REGULATION.monitoring:
        assert line.label == "составлено по основному тексту регламента"
        assert line.dates is None
        assert line.threshold is None


def test_every_rule_is_monitored_once():
    monitored = [rule for line in REGULATION.monitoring for rule in line.rules]
    assert sorted(monitored) == sorted(REGULATION.rules)


def test_every_reading_is_used():
    used = {reading.id for rule in REGULATION.rules.values() for value in rule.values for reading in value.readings}
    assert used == set(REGULATION.readings)


def test_a_choice_that_is_no_option_is_refused():
    with pytest.raises(LookupError, match="У чтения «until-date» нет варианта «never»; есть: inclusive, exclusive"):
        REGULATION.readings["until-date"].chosen({"until-date": "never"})
