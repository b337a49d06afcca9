"""The terms as cases a lawyer can read: tests/regulation/cases/*.yaml. Clauses 1.9, 3.3.3.2, 3.3.5.2."""

from pathlib import Path

import pytest
import yaml

from app.compliance.status import Status, judge
from app.compliance.terms import compute_term, due_only
from app.regulation import Override, WorkCalendar, load_regulation

FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
OF_FILES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}
EVERY = [case for cases in OF_FILES.values() for case in cases]
CASES = [
    pytest.param(case, id=f"{name}-{case['rule']}-{case['event']}")
    for name, cases in OF_FILES.items()
    for case in cases
    if "rule" in case  # the others are acted or told of a school: test_attacks.py, tests/compliance/test_cases.py
]
RULES = load_regulation().rules


def calendar_of(case: dict) -> WorkCalendar:
    days = {one["date"]: Override(one["working"], one["act"]) for one in case.get("overrides", ())}
    return WorkCalendar(case.get("week", 5), days)


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    rule, calendar, choices = RULES[case["rule"]], calendar_of(case), case.get("choices")
    term = compute_term(rule, case["event"], calendar, choices)
    expect = {"recommended": None} | case["expect"]
    found = {
        "due": term.due,
        "recommended": term.recommended,
        "counted": list(term.counted),
        "skipped": [f"{day} {reason}" for day, reason in term.skipped],
        "confirmed": term.confirmed,
        "in_force": term.in_force,
    }
    assert {name: found[name] for name in expect} == expect
    assert term.clause == case["clause"]
    assert due_only(rule, case["event"], calendar, choices) == term.due
    for status in case.get("statuses", ()):
        given, expected = status["given"], status["expect"]
        judged = judge(term.due, given["evidence"], given["as_of"])
        assert judged == (Status(expected["status"]), expected["days"]), given


def test_every_rule_has_its_statuses_before_on_and_after_the_term():
    shown = {case.values[0]["rule"] for case in CASES if "statuses" in case.values[0]}
    assert shown == set(RULES)


def test_every_reading_but_the_single_ones_is_shown_chosen_otherwise():
    shown = {(rid, option) for case in EVERY for rid, option in case.get("choices", {}).items()}
    others = {
        (one.id, option)
        for one in load_regulation().readings.values()
        for option in one.options
        if option != one.default
    }
    assert shown == others
