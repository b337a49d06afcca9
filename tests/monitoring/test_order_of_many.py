"""A correction of one line costs the same in an order of many: the statements are counted, not the time."""

import os
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.models.movement import MovementLine, MovementOrder
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.models.people import Pupil
from app.models.study import SchoolClass
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.monitoring.test_corrections import DEPUTY, LATER, MONDAY, SCHOOL, SECRETARY, Office

MANY = int(os.environ.get("SGO_LINES", "24"))


@pytest.fixture
def office(sign_in: Any, session: Any, world: Any) -> Office:
    return Office(sign_in, session, world)


def newcomers(office: Office, number: int, letter: str) -> list[int]:
    """Pupils of a class, since the year began."""
    found = []
    with acting(office.session, SYSTEM):
        for index in range(number):
            name = {
                "last_name": f"Много{letter.lower()}",
                "first_name": "Имя" + "".join("абвгдежзик"[int(digit)] for digit in str(index)),
                "birth_date": date(2014, 3, 4),
            }
            pupil = Pupil(school_id=office.world.schools[SCHOOL], status="enrolled", **name)
            office.session.add(pupil)
            office.session.flush()
            member = ClassMembership(
                school_id=pupil.school_id, pupil=pupil, starts_on=date(2025, 9, 1), is_initial=True
            )
            member.school_class = office.session.get_one(SchoolClass, office.world.classes[SCHOOL, 2025, "5А"])
            YearOutcome.begin(member)
            office.session.add(member)
            found.append(pupil)
        office.session.commit()
        return [pupil.id for pupil in found]


def order_of(office: Office, pupils: list[int], number: str, event: str) -> dict[str, Any]:
    lines = {f"lines-{n}-pupil": pupil for n, pupil in enumerate(pupils)}
    lines |= {f"lines-{n}-event_date": event for n in range(len(pupils))}
    return {"kind": "departure", "number": number, "order_date": event} | lines


def counted(office: Office, statements: list[str], number: int, letter: str) -> dict[str, list[str]]:
    """Enter an order, change a date in it a fortnight later, ask for its correction, confirm: statements of each."""
    pupils, found = newcomers(office, number, letter), dict[str, list[str]]()

    def step(name: str, act: Any) -> Any:
        statements.clear()
        answer = act()
        found[name] = list(statements)
        assert answer.status_code in (200, 302), (name, answer.text[-3000:])
        return answer

    form = order_of(office, pupils, f"{letter}-у", "2026-03-01")
    step("enter", lambda: office.post(MONDAY, "/movement_orders/add", **form))
    order = office.session.scalars(select(MovementOrder).order_by(MovementOrder.id.desc())).first()
    version = order.version
    url = f"/movement_orders/edit/{order.id}"
    step("form", lambda: office.on(LATER, SECRETARY, lambda client: client.get(url)))
    changed = order_of(office, pupils, f"{letter}-у", "2026-03-01") | {"lines-0-event_date": "2026-02-27"}
    step("change", lambda: office.post(LATER, url, **changed, version=version))
    line = office.session.scalar(select(MovementLine.id).where(MovementLine.pupil_id == pupils[0]))
    step("ask", lambda: office.ask(LATER, line, "date", trigger_on="2026-02-27"))
    step("card", lambda: office.on(LATER, DEPUTY, lambda client: client.get(f"/movement_orders/show/{order.id}")))
    step("confirm", lambda: office.decide(LATER))
    return found


def test_a_correction_of_one_line_costs_the_same_in_an_order_of_many(office: Office, count_queries: list[str]) -> None:
    """Tried with 1,000 lines too (SGO_LINES): the same numbers."""
    counted(office, count_queries, 2, "А")  # whatever is read once is read
    few, many = counted(office, count_queries, 2, "Б"), counted(office, count_queries, MANY, "В")
    steps = "form", "change", "ask", "card", "confirm"
    assert {name: len(many[name]) for name in steps} == {name: len(few[name]) for name in steps}
    rows = "INSERT INTO movement_line", "UPDATE class_membership"
    asked = [[each for each in found["enter"] if not each.startswith(rows)] for found in (few, many)]
    assert len(asked[0]) == len(asked[1]), "an order of many writes more rows, and asks no more"
