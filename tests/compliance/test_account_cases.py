"""Whose account is owed by when, as cases a lawyer can read (tests/regulation/cases/handing_over.yaml)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Connection

from app.compliance import queries
from app.compliance.evaluate import judge_all
from app.models.movement.kinds import OrderKind
from tests.compliance.account_worlds import RULE_OF, Accounts, around
from tests.compliance.worlds import World

FILE = Path(__file__).parents[1] / "regulation" / "cases" / "handing_over.yaml"
CASES = yaml.safe_load(FILE.read_text(encoding="utf-8"))
DOCUMENT, LONG_AGO = date(2025, 11, 10), date(2024, 1, 1)


def build(case: dict[str, Any]) -> Accounts:
    world = World()
    world.region()
    school = world.school()
    world.start(case.get("start", LONG_AGO), school)
    for reading, option in case.get("choices", {}).items():
        act = {"act_number": "1", "act_date": date(2025, 9, 1)}
        world.add("reading_choice", start_year=2025, reading=reading, option=f"{reading}:{option}", **act)
    found, kind = around(world), case["person"]
    if kind == "employee":
        days = {"hired_on": case["hired"], "hiring_order_date": case.get("ordered"), "dismissed_on": case.get("left")}
        card = found.person("employee", school_id=school, **days)
    else:
        card = _enrolled(world, school, case)
        if kind == "parent":
            pupil, card = card, found.person("parent", school_id=school)
            since = case.get("guardian_since", LONG_AGO)
            kin = {"pupil_id": pupil, "parent_id": card, "relation": "mother"}
            found.add("guardianship", school_id=school, entered_on=since, **kin)
    for each in case["handed"]:
        account = found.account()
        found.tie(kind, card, account, school, case.get("tied", LONG_AGO))
        ends = {"withdrawn_on": each.get("taken_back"), "ended_on": each.get("closed")}
        found.hand_over(account, school, each["day"], **ends)
    return found


def _enrolled(world: World, school: int, case: dict[str, Any]) -> int:
    year = world.year(school, 2025)
    school_class, pupil = world.school_class(year, 5), world.pupil(school)
    if first := case.get("by_hand"):
        world.member(pupil, school_class, first, case.get("left_by_hand"), initial=case.get("initial", False))
        return pupil
    order = world.order(year, OrderKind.ENROLMENT, case.get("annulled"))
    world.row("movement_order", order)["order_date"] = DOCUMENT
    line = world.line(order, pupil, school_class, DOCUMENT, DOCUMENT)
    world.member(pupil, school_class, DOCUMENT, case.get("left_by_hand"), opened_by=line)
    if again := case.get("moved"):
        world.member(pupil, world.school_class(year, 5, "Б"), again, initial=False)
    if day := case.get("left"):
        gone = world.order(year, OrderKind.DEPARTURE)
        world.line(gone, pupil, school_class, day, day)
    return pupil


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_whose_account_is_owed(case: dict[str, Any], connection: Connection) -> None:
    build(case).store(connection)
    rule = RULE_OF[case["person"]]
    for expected in case["expect"]:
        on = expected["as_of"]
        found = queries.records(connection, (rule,), None, on)
        judged = judge_all(connection, found, on)
        assert [each.status.value for each in judged] == [each.status for each in found]
        told = expected.get(
            "all", [expected["status"]] * (expected["status"] != "none") if "status" in expected else []
        )
        assert sorted(each.status.value for each in judged) == told, on
        if "says" in expected:
            assert expected["says"] in " ".join(line for each in judged for line in each.sentences())
