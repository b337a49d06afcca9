"""A group of rules is added by binding it, and nothing else; its terms lie before their event (`opens: due`)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from app.compliance import duties, of_records, queries
from app.compliance.bindings.accounts import RULES as ACCOUNT_RULES
from app.compliance.bindings.movement import RULES
from app.compliance.evaluate import judge_all
from app.models.engine.entries import past_entry
from app.models.movement.kinds import OrderKind
from app.regulation import load_regulation
from app.regulation.schema import Opening, OpeningKind, Shape, Trigger
from tests.compliance import events
from tests.compliance.worlds import World
from tests.support import standings

DAY = timedelta(days=1)
EVENT, DUE = date(2026, 3, 28), date(2026, 3, 13)
"""Two weeks before, rolled back from a Saturday (deadlines.md, Vectors)."""

BOUND = (*RULES, *ACCOUNT_RULES)


@pytest.fixture
def school(connection: Connection) -> Iterator[World]:
    world = World()
    world.region()
    world.school()
    with events.bound(connection):
        yield world


def judged(connection: Connection, on: date, rules: Any = ("event",)) -> list[tuple[str, str, int]]:
    """Listed and judged by SQL, counted, and judged again in Python: all three agree."""
    found = queries.records(connection, rules, None, on)
    in_python = judge_all(connection, found, on)
    assert [(each.status, each.due) for each in found] == [(each.status.value, each.due) for each in in_python]
    counted = sum(each.number for each in queries.counts(connection, rules, frozenset({1}), on))
    assert counted == len(found)
    return [(each.record.caption, each.status.value, each.days) for each in in_python]


@pytest.mark.parametrize(
    ("entered", "on", "status"),
    [
        (DUE, DUE - DAY, None),
        (DUE, DUE, ("on_time", 0)),
        (DUE - 30 * DAY, EVENT, ("on_time", 0)),
        (DUE + DAY, DUE, ("pending", 0)),
        (DUE + 3 * DAY, DUE + DAY, ("overdue", 1)),
        (DUE + 3 * DAY, DUE + 3 * DAY, ("late", 3)),
        (DUE + 3 * DAY, EVENT + DAY, ("late", 3)),
    ],
)
def test_a_term_before_its_event_is_counted_from_its_due_day_on(
    school: World, connection: Connection, entered: date, on: date, status: tuple[str, int] | None
) -> None:
    school.store(connection)
    events.add(connection, "event", EVENT, entered)
    assert judged(connection, on) == ([] if status is None else [("Ёлка", *status)])


def test_before_it_the_card_alone_tells(school: World, connection: Connection) -> None:
    school.store(connection)
    key = events.add(connection, "event", EVENT, DUE - 30 * DAY)
    [record] = of_records.facts_about(connection, "toy_event", [key], None, DUE - DAY)
    [one] = judge_all(connection, [record], DUE - DAY)
    assert (one.opened, one.due) == (False, DUE)
    assert judge_all(connection, [record], DUE)[0].opened
    assert queries.earliest_opening(connection, ("event",), None, EVENT) == DUE
    assert [each.due for each in standings.standing(connection, "toy_event", [key], None, DUE)] == [DUE]


def test_an_edit_of_the_day_is_judged_by_the_worst_entry(school: World, connection: Connection) -> None:
    """Put off after the term was missed, the event is late by its first date."""
    school.store(connection)
    key = events.add(connection, "event", EVENT + 60 * DAY, EVENT)
    connection.execute(past_entry.insert(), past(key, EVENT, DUE + 2 * DAY, EVENT))
    assert judged(connection, EVENT + DAY) == [("Ёлка", "late", 2)]
    assert judged(connection, DUE + DAY) == [("Ёлка", "overdue", 1)]


def past(key: int, trigger: date, entered: date, until: date) -> dict[str, Any]:
    """An earlier entry of an event."""
    world = World()
    world.tables["movement_line"] += [{"school_id": 1}] * key
    world.past(key, trigger, entered, until)
    return world.tables["past_entry"][0] | {"subject": "toy_event"}


def test_the_reason_is_told_in_the_groups_words(school: World, connection: Connection) -> None:
    school.store(connection)
    events.add(connection, "event", EVENT, DUE, cancelled_on=EVENT)
    [record] = queries.records(connection, ("event",), None, EVENT)
    [one] = judge_all(connection, [record], EVENT)
    assert one.status_text == "не применимо: мероприятие отменено 28.03.2026"
    told = dict(one.lines())
    assert told["Пункт регламента"].startswith("3.3.3.2: «расписание школьных мероприятий")
    assert told["Срок"] == "13.03.2026"


def test_two_groups_stand_in_one_list(school: World, connection: Connection) -> None:
    """Each with its own captions, and no fact is lost or doubled by the other's joins."""
    year = school.year(1, 2025)
    order = school.order(year, OrderKind.DEPARTURE)
    school.line(order, school.pupil(1), school.school_class(year, 5), date(2025, 12, 30), date(2026, 1, 13))
    school.store(connection)
    events.add(connection, "event", EVENT, DUE)
    events.add(connection, "holiday", EVENT, DUE + DAY, title="Каникулы")
    assert duties.rules() == tuple(rule for rule in load_regulation().rules if rule in {*BOUND, *events.TRIGGERS})
    found = judged(connection, EVENT, duties.rules())
    assert found == [("Иванов Пётр", "on_time", 0), ("Ёлка", "on_time", 0), ("Каникулы", "late", 1)]
    first, *others = (each.place for each in queries.records(connection, duties.rules(), None, EVENT))
    behind = queries.records(connection, duties.rules(), None, EVENT, after=first)
    assert [each.place for each in behind] == others


def test_a_rule_is_bound_once_and_only_if_the_regulation_has_it(school: World, connection: Connection) -> None:
    again = duties.Binding("again", (events.duty("event"),))
    with pytest.raises(ValueError, match="связано дважды: toy и again"):
        duties.declare(again)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"shape": Shape.YEARLY}, "shape «Y»"),
        ({"opens": Opening(OpeningKind.YEAR_END)}, "opens «year_end»"),
        ({"trigger": Trigger("school_year", "учебный год")}, "trigger «school_year»"),
    ],
)
def test_data_that_the_duty_does_not_do_is_refused(change: dict[str, Any], told: str) -> None:
    rule = replace(load_regulation().rules["event"], **change)
    with pytest.raises(ValueError, match=told):
        duties.check(events.duty("event"), rule)


def test_every_bound_rule_does_what_its_data_says() -> None:
    for rule in BOUND:
        for duty, _ in duties.duties_of({rule}):
            duties.check(duty, load_regulation().rules[rule])
