"""One definition, two evaluations: SQL, Python and a plain reading of the rules agree on any data, on each database."""

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from app.compliance import evaluate, of_records, queries
from app.compliance.bindings.movement import BINDING, RULES, rules_of
from app.compliance.recorded import Recorded
from app.compliance.status import Status
from app.models.movement.kinds import OrderKind
from app.regulation import load_regulation
from app.regulation.schema import Governs
from app.services.monitoring.readings import rules_of as rules_reading
from tests.compliance.acts import (
    DAY,
    annulled,
    asked,
    confirmed,
    edited,
    edited_back,
    firm_from,
    freed,
    may_be_acted_on,
    refused,
)
from tests.compliance.oracle import Owed, owed
from tests.compliance.worlds import DATES, World, worlds
from tests.support import standings
from tests.support.proving import prove

BY_LINE = tuple(each.rule for each in BINDING.duties if isinstance(each, Recorded))


@prove(50)
@given(world=worlds(), on=DATES)
def test_sql_python_and_the_plain_reading_give_each_record_the_same_status(engine: Engine, world: World, on: date):
    with engine.connect() as connection, connection.begin() as transaction:
        world.store(connection)
        records = queries.records(connection, RULES, None, on, limit=1000)
        in_python = evaluate.judge_all(connection, records, on)
        transaction.rollback()
    by_sql = sorted(Owed(r.rule, r.subject_id, str(r.status), r.due, r.evidence) for r in records)
    assert by_sql == sorted(
        Owed(j.record.rule, j.record.subject_id, j.status.value, j.due, j.record.evidence) for j in in_python
    )
    assert by_sql == owed(world, on)


OF_GROUND = [each.id for each in load_regulation().readings.values() if each.governs is Governs.GROUND]
OF_ORDERS = [
    each for each in OF_GROUND if any(rule.id in RULES for rule in rules_reading(load_regulation().readings[each]))
]


@pytest.mark.parametrize("reading", OF_ORDERS)
@prove(10)
@given(data=st.data(), on=st.dates(date(2025, 9, 10), date(2026, 10, 31)))
def test_each_reading_chosen_otherwise_is_told_alike(engine: Engine, reading: str, data: st.DataObject, on: date):
    world = data.draw(worlds(reading))
    with engine.connect() as connection, connection.begin() as transaction:
        world.store(connection)
        told = queries.records(connection, RULES, None, on, limit=1000)
        judged = evaluate.judge_all(connection, told, on)
        transaction.rollback()
    by_sql = sorted(Owed(r.rule, r.subject_id, str(r.status), r.due, r.evidence) for r in told)
    in_python = sorted(
        Owed(j.record.rule, j.record.subject_id, j.status.value, j.due, j.record.evidence) for j in judged
    )
    assert by_sql == in_python == owed(world, on)


@prove(8)
@given(world=worlds(), on=DATES, since=st.none() | DATES, page=st.integers(2, 7))
def test_a_count_is_the_number_of_the_records_it_leads_to(
    engine: Engine, world: World, on: date, since: date | None, page: int
):
    with engine.connect() as connection, connection.begin() as transaction:
        world.store(connection)
        counted = queries.counts(connection, RULES, None, on, since)
        listed = Counter()
        for status in Status:
            listed.update((r.school_id, r.rule, status) for r in _all_pages(connection, on, status, since, page))
        by_municipality = queries.counts(connection, RULES, None, on, since, "municipality")
        by_rule = queries.counts(connection, RULES, None, on, since, "rule")
        transaction.rollback()
    assert {(c.group, c.rule, c.status): c.number for c in counted} == dict(listed)
    assert _totals(by_municipality) == _totals(by_rule) == _totals(counted)
    schools = {row["id"]: row["municipality_id"] for row in world.tables["school"]}
    expected = Counter()
    for (school, rule, status), number in listed.items():
        expected[schools[school], rule, status] += number
    assert {(c.group, c.rule, c.status): c.number for c in by_municipality} == dict(expected)


def pupils_of(world: World, school: dict) -> list[int]:
    return [pupil["id"] for pupil in world.tables["pupil"] if pupil["school_id"] == school["id"]]


def by_kind(world: World) -> dict[OrderKind, list[int]]:
    found: dict[OrderKind, list[int]] = {}
    for order in world.tables["movement_order"]:
        found.setdefault(order["kind"], []).append(order["id"])
    return found


def of_a_list(judged: list[evaluate.Judgement]) -> set[tuple[int | None, str, int]]:
    """By what a list is told how its records stand: the most days of each status in which something is owed."""
    found: dict[tuple[int | None, str], int] = {}
    for each in (one for one in judged if one.status is not Status.NOT_APPLICABLE):
        key = each.record.evidence_id, each.status
        bad = each.status in (Status.LATE, Status.OVERDUE)
        found[key] = max(found.get(key, 0), each.days_late if bad else 0)
    return {(*key, days) for key, days in found.items()}


@prove(12)
@given(world=worlds(), on=DATES)
def test_the_card_of_a_pupil_and_of_an_order_tell_the_same(engine: Engine, world: World, on: date):
    with engine.connect() as connection, connection.begin() as transaction:
        world.store(connection)
        everything = queries.records(connection, RULES, None, on, limit=1000)
        of_pupils = [
            fact
            for school in world.tables["school"]
            for fact in of_records.facts_about(
                connection, "pupil", pupils_of(world, school), frozenset({school["id"]}), on, RULES
            )
        ]
        judged = evaluate.judge_all(connection, of_pupils, on)
        of_orders = set()
        for kind, keys in by_kind(world).items():
            about = connection, "movement_order", keys, None, on, rules_of(kind)
            told = evaluate.judge_all(connection, of_records.facts_about(*about), on)
            of_orders |= {(each.record.rule, each.record.subject_id) for each in told if not each.before_start}
            in_sql = {
                tuple(each) for each in of_records.standings_about(*about) if each.status is not Status.NOT_APPLICABLE
            }
            assert in_sql == of_a_list(told)
        pupils = [pupil["id"] for pupil in world.tables["pupil"]]
        standing = standings.standing(connection, "pupil", pupils, None, on, RULES)
        transaction.rollback()
    expected = {(r.rule, r.subject_id): r.status for r in everything}
    judged = [each for each in judged if not each.before_start]  # told by the card alone
    assert {(j.record.rule, j.record.subject_id): j.status.value for j in judged} == expected
    assert {(each.rule, each.subject_id): each.status for each in standing} == expected
    assert {each[:5] for each in standing} == {
        (j.record.rule, j.record.school_id, j.record.subject_id, j.due, j.record.evidence) for j in judged
    }
    assert of_orders <= expected.keys()
    own_lines = {key for key in expected if key[0] in BY_LINE and key[1] > 0}
    assert own_lines <= of_orders


@prove(25)
@given(
    world=worlds(),
    on=DATES,
    later=st.integers(0, 400),
    act=st.sampled_from((edited, edited_back, annulled)),
    data=st.data(),
)
def test_no_edit_and_no_annulment_lowers_what_is_late_or_overdue(
    engine: Engine, world: World, on: date, later: int, act: Callable[..., World], data: st.DataObject
):
    """Whatever day is asked about: of what stood before that day of the act nothing goes."""
    known = [line for line in world.tables["movement_line"] if may_be_acted_on(world, line)]
    assume(known)
    line = known[data.draw(st.integers(0, len(known) - 1))]  # its place: a strategy of rows would be told whole
    after = act(world, line["id"], firm_from(world, line) + later * DAY, data.draw(DATES))
    with engine.connect() as connection:
        failed = [_failed(connection, each, on) for each in (world, after)]
    assert failed[1] >= failed[0]


@prove(16)
@given(
    world=worlds(),
    on=DATES,
    later=st.integers(0, 400),
    act=st.sampled_from((asked, refused, confirmed, freed)),
    data=st.data(),
)
def test_a_correction_changes_no_day_before_its_confirmation_and_unconfirmed_none(
    engine: Engine, world: World, on: date, later: int, act: Callable[..., World], data: st.DataObject
):
    """A past day asked about again says the same; who only asks, or is refused, has changed nothing."""
    known = [line for line in world.tables["movement_line"] if may_be_acted_on(world, line)]
    assume(known)
    line = known[data.draw(st.integers(0, len(known) - 1))]  # its place: a strategy of rows would be told whole
    day = firm_from(world, line) + later * DAY
    after = act(world, line["id"], day, data.draw(DATES))
    assume(act in (asked, refused) or on < day)
    with engine.connect() as connection:
        before, now = (_counted(connection, each, on) for each in (world, after))
    assert before == now


def _counted(connection: Connection, world: World, on: date) -> list[queries.Count]:
    with connection.begin() as transaction:
        world.store(connection)
        found = queries.counts(connection, BY_LINE, None, on)
        transaction.rollback()
    return sorted(found)


def _failed(connection: Connection, world: World, on: date) -> int:
    with connection.begin() as transaction:
        world.store(connection)
        found = queries.counts(connection, BY_LINE, None, on)
        transaction.rollback()
    return sum(each.number for each in found if each.status in (Status.LATE, Status.OVERDUE))


def _all_pages(connection, on: date, status: Status, since: date | None, page: int) -> list[queries.Record]:
    found: list[queries.Record] = []
    while rows := queries.records(
        connection, RULES, None, on, status, since, limit=page, after=found[-1].place if found else None
    ):
        found += rows
    return found


def _totals(counts: list[queries.Count]) -> Counter:
    totals: Counter = Counter()
    for count in counts:
        totals[count.rule, count.status] += count.number
    return totals
