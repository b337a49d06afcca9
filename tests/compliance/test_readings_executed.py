"""Each option of the register changes something: a case that a lawyer can read comes out otherwise without it."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection

from app.compliance import queries
from app.compliance.evaluate import judge_all
from app.compliance.terms import compute_term
from app.regulation import load_regulation
from tests.compliance import test_account_cases as accounts
from tests.compliance import test_cases as movement
from tests.regulation.test_cases import OF_FILES, calendar_of

OPTIONS = [
    pytest.param(one.id, option, id=f"{one.id}-{option}")
    for one in load_regulation().readings.values()
    for option in one.options
    if option != one.default
]
Told = list[Any]


def of_term(connection: Connection, case: dict[str, Any]) -> Told:
    rule, choices = load_regulation().rules[case["rule"]], case.get("choices")
    return [compute_term(rule, case["event"], calendar_of(case), choices).due]


def of_pupil(connection: Connection, case: dict[str, Any]) -> Told:
    return _told(connection, movement.build(case), movement.RULES, case)


def of_account(connection: Connection, case: dict[str, Any]) -> Told:
    return _told(connection, accounts.build(case), tuple(accounts.RULE_OF.values()), case)


def _told(connection: Connection, world: Any, rules: tuple[str, ...], case: dict[str, Any]) -> Told:
    with connection.begin_nested() as savepoint:
        world.store(connection)
        days = [expected["as_of"] for expected in case["expect"]]
        found = [judge_all(connection, queries.records(connection, rules, None, on), on) for on in days]
        savepoint.rollback()
    return [sorted((each.record.rule, each.status.value, str(each.due)) for each in judged) for judged in found]


def shown(reading: str, option: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The cases in which it is chosen, and how such a case is told."""
    cases = [(of_account if "person" in case else of_pupil, case) for case in (*movement.CASES, *accounts.CASES)]
    cases += [(of_term, case) for found in OF_FILES.values() for case in found if "rule" in case]
    return ((told, case) for told, case in cases if case.get("choices", {}).get(reading) == option)


@pytest.mark.parametrize(("reading", "option"), OPTIONS)
def test_an_option_changes_what_is_told(connection: Connection, reading: str, option: str) -> None:
    changed = []
    for told, case in shown(reading, option):
        others = {name: value for name, value in case["choices"].items() if name != reading}
        changed.append(told(connection, case) != told(connection, case | {"choices": others}))
    assert any(changed), f"no case tells «{reading}: {option}» from the default"


def test_what_cannot_be_chosen_is_no_option() -> None:
    """A reading that has no data stands apart; one with a single option is told, not chosen."""
    known = load_regulation()
    assert not set(known.unread) & set(known.readings)
    assert [one.id for one in known.readings.values() if len(one.options) == 1] == ["not-later-date"]
