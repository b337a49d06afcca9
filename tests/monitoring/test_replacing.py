"""An order entered in place of another one goes on with its duty at once, the worst of both (deadlines.md, L7)."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.compliance import queries
from app.models.monitoring import ReadingChoice
from app.models.monitoring.corrections import Correction, CorrectionKind, CorrectionState
from app.models.movement import MovementLine, MovementOrder
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.monitoring.test_corrections import LATER, MONDAY, SCHOOL, SECRETARY, Office
from tests.support.ticks import ticked

RULE = "order-departure"
DECIDED = LATER + timedelta(days=1)


@pytest.fixture
def office(sign_in: Any, session: Any, world: Any) -> Office:
    return Office(sign_in, session, world)


def order(office: Office, number: str) -> MovementOrder:
    return office.session.scalar(select(MovementOrder).where(MovementOrder.number == number))


def instead(office: Office, day: date, event: str, of: str = "1-у", number: str = "2-у", **more: Any) -> Any:
    data = office.order(event, number) | {"replaces": order(office, of).id} | more
    return office.on(day, SECRETARY, lambda client: ticked(client, "/movement_orders/add", data))


def numbers(office: Office, on: date) -> dict[str, int]:
    found = queries.counts(office.session.connection(), [RULE], None, on)
    return {each.status.value: each.number for each in found}


def test_both_are_one_duty_and_the_worse_entry_counts(office: Office) -> None:
    line = office.enter(MONDAY, "2026-02-27")
    assert instead(office, LATER, "2026-02-26").status_code == 302
    assert order(office, "1-у").annulment_reason == "Заменён приказом № 2-у от 26.02.2026"
    assert (numbers(office, LATER), office.stands(LATER, line)) == ({"late": 1}, ("late", 14))
    assert numbers(office, LATER - timedelta(days=1)) == {"on_time": 1}
    told = " ".join(office.judged(LATER, line).sentences())
    assert "Взамен: приказа № 1-у от 27.02.2026." in told
    assert "Приказ, внесённый взамен другого: обязанность одна, состояние – по худшему из двух приказов" in told
    assert "внесено 02.03.2026 с датой 27.02.2026" in told

    def cards(client: Any) -> list[str]:
        return [client.get(f"/movement_orders/show/{order(office, number).id}").text for number in ("1-у", "2-у")]

    old, new = office.on(LATER, SECRETARY, cards)
    assert "Взамен внесён приказ" in old
    assert "№ 2-у от 26.02.2026" in old
    assert "Взамен приказа" in new
    assert "№ 1-у от 27.02.2026" in new
    assert all(page.count("Взамен: приказа № 1-у") == 1 for page in (old, new)), "the duty is told on both"


def test_confirmed_the_first_entry_stands_with_the_date_of_the_second(office: Office) -> None:
    line = office.enter(MONDAY, "2026-02-27")
    instead(office, LATER, "2026-02-26")
    new = office.session.scalar(select(MovementLine.id).order_by(MovementLine.id.desc()))
    page = office.on(LATER, SECRETARY, lambda client: client.get(f"/ask/movement_line/{line}")).text
    assert [kind for kind in CorrectionKind if f"kind={kind.value}" in page] == [CorrectionKind.REPLACED]
    assert office.ask(LATER, new, "no_event").status_code == 400, "it has no duty of its own"
    assert office.ask(LATER, line, "replaced", other=new).status_code == 302
    assert office.decide(DECIDED).status_code == 302
    assert (numbers(office, DECIDED), office.stands(DECIDED, line)) == ({"on_time": 1}, ("on_time", 0))
    assert office.judged(DECIDED, line).record.anchor == date(2026, 2, 26)
    assert numbers(office, LATER) == {"late": 1}


def test_what_was_late_before_stays_so_and_is_counted_once(office: Office) -> None:
    line = office.enter(LATER, "2026-02-27")
    office.annul(DECIDED)
    assert office.stands(DECIDED, line) == ("late", 13)
    assert instead(office, DECIDED, "2026-03-16").status_code == 302
    assert (numbers(office, DECIDED), office.stands(DECIDED, line)) == ({"late": 1}, ("late", 13))
    third = DECIDED + timedelta(days=30)
    assert instead(office, third, "2026-03-16", "2-у", "3-у").status_code == 302
    assert (numbers(office, third), office.stands(third, line)) == ({"late": 1}, ("late", 29)), "and so on"
    assert office.annul(third, "3-у").status_code == 302
    assert numbers(office, third) == {"late": 1}


def test_in_time_both_and_withdrawn_nothing_is_owed(office: Office) -> None:
    line = office.enter(MONDAY, "2026-02-27")
    instead(office, MONDAY, "2026-02-27")
    assert (numbers(office, MONDAY), office.stands(MONDAY, line)) == ({"on_time": 1}, ("on_time", 0))
    office.annul(LATER, "2-у")
    assert (numbers(office, LATER), office.stands(LATER, line)) == ({"not_applicable": 1}, ("not_applicable", 0))
    assert office.stands(LATER - timedelta(days=1), line) == ("on_time", 0)


def test_what_cannot_be_replaced_is_told_at_the_field(office: Office) -> None:
    office.enter(MONDAY, "2026-02-27")
    own_class = office.world.classes[(SCHOOL, 2025, "5Б")]
    kind = {"kind": "transfer", "lines-0-to_class": own_class}
    pupil = {"lines-0-pupil": office.world.pupils[(SCHOOL, "Белых")]}
    for more, words in ((kind, "взамен вносится приказ о том же"), (pupil, "нет этих обучающихся")):
        answer = instead(office, LATER, "2026-02-26", **more)
        assert (answer.status_code, words in answer.text) == (422, True)
        assert 'value="2-у"' in answer.text
    assert order(office, "1-у").annulled_on is None, "nothing is half done"
    assert instead(office, LATER, "2026-02-26").status_code == 302
    answer = instead(office, LATER, "2026-02-26", number="4-у")
    assert (answer.status_code, "Взамен него уже внесён приказ № 2-у" in answer.text) == (422, True)


def test_the_look_up_offers_what_may_be_replaced_alone(office: Office) -> None:
    """Of the same duty, and not replaced already; the kind that the form holds tells which."""
    office.enter(MONDAY, "2026-02-27")

    def offered(kind: str) -> list[str]:
        address = f"/movement_orders/lookup?instead={kind}"
        found = office.on(LATER, SECRETARY, lambda client: client.get(address).json["results"])
        return [each["text"] for each in found]

    assert (len(offered("departure")), offered("enrolment")) == (1, [])
    form = office.on(LATER, SECRETARY, lambda client: client.get("/movement_orders/add").text)
    assert 'data-depends="kind:instead"' in form
    assert (
        office.on(LATER, SECRETARY, lambda client: client.get("/movement_orders/lookup?instead=x")).status_code == 400
    )
    assert instead(office, LATER, "2026-02-26").status_code == 302
    [left] = offered("departure")
    assert "2-у" in left


def test_an_order_of_another_school_is_not_replaced(office: Office) -> None:
    """To who enters orders there it does not exist."""
    office.enter(MONDAY, "2026-02-27")
    stranger = {"lines-0-pupil": office.world.pupils[("65002", "Иванов")], "replaces": order(office, "1-у").id}
    data = office.order("2026-02-27", "9-у") | stranger
    answer = office.on(LATER, "secretary.65002", lambda client: client.post("/movement_orders/add", data=data))
    assert (answer.status_code, "Такой записи нет" in answer.text) == (422, True)
    assert order(office, "1-у").annulled_on is None


def alone(office: Office) -> None:
    """The region reads it so in the running school year."""
    choice = ReadingChoice(start_year=2025, option="replaced-order:alone", act_number="1", act_date=date(2025, 9, 1))
    with acting(office.session, SYSTEM):
        office.session.add(choice)
        office.session.commit()


def test_read_to_count_alone_it_takes_no_lateness_with_it_until_confirmed(office: Office) -> None:
    """A dishonest secretary: a late order, and on the next day another in its place with a date that is in time."""
    alone(office)
    line = office.enter(LATER, "2026-02-27")
    assert office.stands(LATER, line)[0] == "late"
    assert instead(office, DECIDED, str(LATER)).status_code == 302
    assert numbers(office, DECIDED) == {"late": 1}
    [asked] = office.session.scalars(select(Correction))
    assert (asked.kind, asked.state) == (CorrectionKind.BETTERING, CorrectionState.WAITING)
    office.decide(DECIDED)
    assert numbers(office, DECIDED) == {"on_time": 1}
    assert numbers(office, LATER) == {"late": 1}, "a day before it says what it said"


def test_read_to_count_alone_it_may_be_the_late_one(office: Office) -> None:
    alone(office)
    office.enter(MONDAY, "2026-02-27")
    assert instead(office, LATER, "2026-02-26").status_code == 302
    assert numbers(office, LATER) == {"late": 1}
