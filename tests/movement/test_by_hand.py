"""Put into a class or taken out of it by hand: the order is owed, found missing and closed from its line (3.3.9.2)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
import time_machine

from app.compliance import of_records, queries
from app.compliance.bindings.movement import RULES
from app.compliance.evaluate import judge_all
from app.models.monitoring.corrections import Correction
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil
from tests.support.sent import sent

SCHOOL = "65001"
OCTOBER, NOVEMBER = date(2026, 10, 12), date(2026, 11, 23)
ADDED = re.compile(r'href="(/movement_orders/add\?duty=[^"]+)"')


@pytest.fixture
def on(sign_in: Any) -> Any:
    @contextmanager
    def run(day: date, who: str = "secretary") -> Iterator[Any]:
        with time_machine.travel(datetime(day.year, day.month, day.day, 1, tzinfo=UTC), tick=False):
            yield sign_in(f"{who}.{SCHOOL}")

    return run


@pytest.fixture
def owed(session: Any, world: Any) -> Any:
    def run(day: date, pupil: int) -> list[tuple[str, str, int]]:
        connection = session.connection()
        found = judge_all(connection, of_records.facts_about(connection, "pupil", [pupil], None, day, RULES), day)
        listed = queries.records(connection, tuple({each.record.rule for each in found}), None, day, limit=500)
        assert {(each.rule, each.subject_id, each.status) for each in listed if each.about_id == pupil} == {
            (each.record.rule, each.record.subject_id, each.status.value) for each in found
        }
        session.rollback()
        return sorted((each.record.rule, each.status.value, each.days) for each in found)

    return run


@pytest.mark.parametrize(("put_into", "kind", "days"), [("6А", "enrolment", 2), ("1А", "enrolment_1", 3)])
def test_a_newcomer_without_an_order_is_found_and_closed_from_the_line(
    on: Any, owed: Any, session: Any, world: Any, put_into: str, kind: str, days: int
) -> None:
    """In grade 1 the days run from the decision also when its year has begun."""
    rule = f"order-{kind.replace('_', '-')}"
    with on(OCTOBER) as secretary:
        made = {"last_name": "Новый", "first_name": "Олег", "birth_date": "2015-03-04"}
        assert secretary.post("/pupils/add", data=made).status_code == 302
    key = session.query(Pupil).filter_by(last_name="Новый").one().id
    session.rollback()
    with on(OCTOBER, "deputy") as deputy:
        given = {
            "pupil": key,
            "school_class": world.classes[(SCHOOL, 2026, put_into)],
            "starts_on": OCTOBER.isoformat(),
        }
        assert deputy.post("/memberships/add", data=given).status_code == 302
    assert owed(OCTOBER, key) == [(rule, "pending", days)]
    assert owed(NOVEMBER, key) == [(rule, "overdue", 42 - days)]
    with on(NOVEMBER) as secretary:
        [address] = {unescape(each) for each in ADDED.findall(secretary.get(f"/pupils/show/{key}").text)}
        form = sent(secretary.get(address).text)
        assert (form["kind"], form["lines-0-pupil"], form["lines-0-event_date"]) == (
            kind,
            str(key),
            "2026-10-12",
        )
        paper = {"number": "9-у", "order_date": "2026-10-12"} | ({"decision_date": "2026-10-12"} if days == 3 else {})
        done = secretary.post(address, data=form | paper)
        assert done.status_code == 302
    assert owed(NOVEMBER, key) == [(rule, "late", 42 - days)]
    assert session.query(Correction).count() == 0


def test_who_is_taken_out_owes_a_departure(on: Any, owed: Any, session: Any, world: Any) -> None:
    key = world.pupils[(SCHOOL, "Иванов")]
    row = session.query(ClassMembership).filter_by(pupil_id=key).one()
    given = {"starts_on": row.starts_on, "ends_on": "2026-02-26", "version": row.version}
    address = f"/memberships/edit/{row.id}"
    session.rollback()
    with on(date(2026, 2, 26), "deputy") as deputy:
        assert deputy.post(address, data=given).status_code == 302
    day = date(2026, 3, 10)
    assert ("order-departure", "overdue", 8) in owed(day, key)
    with on(day) as secretary:
        offered = {unescape(each) for each in ADDED.findall(secretary.get(f"/pupils/show/{key}").text)}
        [address] = [each for each in offered if "order-departure" in each]
        form = sent(secretary.get(address).text)
        assert form["lines-0-event_date"] == "2026-02-26"
        done = secretary.post(address, data=form | {"number": "9-у", "order_date": "2026-02-26"})
        assert done.status_code == 302
    assert ("order-departure", "late", 8) in owed(day, key)
    assert session.query(Correction).count() == 0
