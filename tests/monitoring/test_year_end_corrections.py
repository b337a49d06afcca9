"""An honest mistake in an order that is owed by a day of the calendar ends in the true verdict (deadlines.md, L4)."""

from datetime import date
from typing import Any

import pytest

from app.compliance import queries
from app.compliance.evaluate import judge_all
from app.models.monitoring.corrections import CorrectionKind
from tests.monitoring.test_corrections import DEPUTY, SCHOOL, SECRETARY, Office

JUNE, OCTOBER, DECIDED = date(2026, 6, 15), date(2026, 10, 5), date(2026, 10, 6)
PROMOTION = "order-promotion"


@pytest.fixture
def office(sign_in: Any, session: Any, world: Any) -> Office:
    return Office(sign_in, session, world)


def stands(office: Office, on: date, pupil: str = "Иванов", rule: str = PROMOTION) -> tuple[str, int]:
    """By SQL and in Python the same."""
    connection, about = office.session.connection(), office.world.pupils[(SCHOOL, pupil)]
    [found] = [each for each in queries.records(connection, [rule], None, on) if each.about_id == about]
    [judged] = judge_all(connection, [found], on)
    assert judged.status.value == found.status
    return judged.status.value, judged.days


def promote(office: Office, day: date, number: str, pupil: str = "Иванов", kind: str = "promotion") -> int:
    return office.enter(day, "2026-05-29", number, pupil, kind)


def test_the_replacing_order_has_the_first_entry(office: Office) -> None:
    """Of another kind, too: the year's end is one duty."""
    old = promote(office, JUNE, "1-у", kind="repeat")
    office.annul(OCTOBER)
    new = promote(office, OCTOBER, "2-у")
    assert stands(office, OCTOBER) == ("late", 35)
    pupil = office.world.pupils[(SCHOOL, "Иванов")]
    card = office.on(OCTOBER, SECRETARY, lambda client: client.get(f"/pupils/show/{pupil}")).text
    assert f"/ask/movement_line/{old}" in card
    assert office.ask(OCTOBER, old, "date", trigger_on="2026-05-29").status_code == 400, "no term runs from its date"
    assert office.ask(OCTOBER, old, "replaced", other=new).status_code == 302
    assert office.decide(DECIDED).status_code == 302
    assert (stands(office, OCTOBER), stands(office, DECIDED)) == (("late", 35), ("on_time", 0))
    assert office.asked().changed_rules == [PROMOTION]
    card = office.on(DECIDED, SECRETARY, lambda client: client.get(f"/pupils/show/{pupil}")).text
    assert "заменён приказом, запрошено 05.10.2026, подтверждено 06.10.2026" in card
    assert "№ 2-у" in card


def test_annulled_by_mistake_is_as_if_never_annulled(office: Office) -> None:
    line = promote(office, JUNE, "1-у")
    office.annul(OCTOBER)
    assert stands(office, OCTOBER) == ("overdue", 35)
    assert office.ask(OCTOBER, line, "withdrawn").status_code == 302
    assert office.decide(DECIDED).status_code == 302
    assert (stands(office, OCTOBER), stands(office, DECIDED)) == (("overdue", 35), ("on_time", 0))


def test_the_right_pupil_has_the_first_entry_and_the_wrong_one_owes_again(office: Office) -> None:
    wrong = promote(office, JUNE, "1-у", "Белых")
    right = promote(office, OCTOBER, "2-у")
    assert (stands(office, OCTOBER, "Белых"), stands(office, OCTOBER)) == (("on_time", 0), ("late", 35))
    assert office.ask(OCTOBER, wrong, "person", other=right).status_code == 302
    assert office.decide(DECIDED).status_code == 302
    assert (stands(office, DECIDED, "Белых"), stands(office, DECIDED)) == (("overdue", 36), ("on_time", 0))
    again = promote(office, DECIDED, "3-у", "Белых")
    assert again > right, "and is promoted by an order of his own"
    assert stands(office, DECIDED, "Белых") == ("late", 36)


def test_what_has_no_effect_is_not_offered(office: Office) -> None:
    line = promote(office, JUNE, "1-у")
    page = office.on(OCTOBER, SECRETARY, lambda client: client.get(f"/ask/movement_line/{line}"))
    assert not any(f"kind={kind.value}" in page.text for kind in CorrectionKind)
    promote(office, OCTOBER, "2-у", "Белых")
    page = office.on(OCTOBER, SECRETARY, lambda client: client.get(f"/ask/movement_line/{line}"))
    assert [kind for kind in CorrectionKind if f"kind={kind.value}" in page.text] == [CorrectionKind.PERSON]
    assert ">Приказ о движении</a>" in page.text
    assert office.on(OCTOBER, DEPUTY, lambda client: client.get(f"/ask/movement_line/{line}")).status_code == 403
