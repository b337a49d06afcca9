"""The laws of deadlines.md on random histories: who enters and who controls act, days pass, all is asked again.

One history checks them all: each question to the database is dear, and each law is told by the same answers.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select, text

from app.compliance import evaluate, queries
from app.compliance.bindings.movement import RULES
from app.compliance.status import Status, judge
from app.compliance.terms import due_only
from app.models.base import Record
from app.models.monitoring.corrections import Correction, CorrectionKind
from app.models.movement import MovementLine
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.regulation import WorkCalendar, load_regulation
from tests.compliance.clerks import CONTROLLING, ENTERING, SAYING_NOTHING_OF_BEFORE, SETTING, Clerks
from tests.compliance.oracle import Owed, owed
from tests.compliance.worlds import World
from tests.support.proving import prove
from tests.support.standings import Standing, standing

DAY = timedelta(days=1)
FIRST, PUPILS = date(2026, 8, 28), [1, 2, 3]
ASKED = [date(2026, 7, 2), date(2026, 9, 2), date(2026, 9, 21), date(2026, 10, 12)]
"""After the terms of June and of August, and while departures of the autumn run."""
Truth = dict[int, tuple[date, date] | None]
MISTAKES = (
    "mistyped",
    "moved",
    "known_later",
    "withdrawn",
    "no_event",
    "twice",
    "replaced",
    "another_pupil",
)
FAILING = (Status.LATE, Status.OVERDUE)


def _school() -> World:
    world = World()
    world.region()
    year = world.year(world.school(), 2025)
    for grade in (5, 9, 10):
        world.member(world.pupil(1), world.school_class(year, grade), date(2025, 9, 1))
    return world


class Stored(World):
    """The tables as they stand, for the plain reading; numbers have gaps."""

    @classmethod
    def read(cls, connection: Connection) -> "Stored":
        tables = {name: Record.metadata.tables[name] for name in World().tables}
        rows = {name: connection.execute(select(table).order_by(table.c.id)) for name, table in tables.items()}
        return cls({name: [dict(row._mapping) for row in found] for name, found in rows.items()})

    def row(self, table: str, key: int) -> dict[str, Any]:
        return next(row for row in self.tables[table] if row["id"] == key)


@contextmanager
def _undone(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection, connection.begin() as transaction:
        _school().store(connection)
        if engine.dialect.name == "postgresql":  # it numbers on behind the rows that came with numbers
            for table in ("class_membership", "year_outcome"):
                connection.execute(text(f"SELECT setval('{table}_id_seq', 1000)"))
        yield connection
        transaction.rollback()


def _told(connection: Connection, on: date) -> list[Standing]:
    return standing(connection, "pupil", PUPILS, None, on, RULES)


def _failed(told: list[Standing]) -> int:
    return sum(each.status in FAILING for each in told)


def _by_rule(told: list[Standing]) -> dict[str, Counter]:
    found: dict[str, Counter] = {}
    for each in told:
        found.setdefault(each.rule, Counter())[str(each.status)] += 1
    return found


class History:
    """What was told before the running act, and on the evening before."""

    def __init__(self, connection: Connection, draw: Any) -> None:
        self.connection, self.clerks, self.day = connection, Clerks(connection, draw), FIRST
        self.evening = self.now = self.ask()

    def ask(self) -> dict[date, list[Standing]]:
        return {on: _told(self.connection, on) for on in [*(day for day in ASKED if day < self.day), self.day]}

    def act(self, act: Callable[..., Any], gap: int) -> None:
        if gap:
            self.day += gap * DAY
            self.evening = self.now = self.ask()
        before, done = self.now, self.clerks.at(self.day, lambda on: act(self.clerks, on))
        self.now = self.ask()
        self.each_duty_has_one_status_and_days_alone_lower_nothing(done)
        if act is Clerks.confirm:
            self.a_correction_tells_its_effect(before, done)
            self.evening = {on: told if on < self.day else self.now[on] for on, told in self.evening.items()}
        elif act in SETTING:
            self.evening = self.now
        else:
            self.nothing_is_lowered(act)
        if act in SAYING_NOTHING_OF_BEFORE:
            assert all(before[on] == self.now[on] for on in before if on < self.day), act

    def nothing_is_lowered(self, act: Any) -> None:
        """L1."""
        for on, told in self.evening.items():
            assert _failed(self.now[on]) >= _failed(told), (act, self.day, on)

    def a_correction_tells_its_effect(self, before: dict[date, list[Standing]], done: Correction | None) -> None:
        """L2: rule by rule, as of the day; a rule that it does not name is as it was."""
        was, now = _by_rule(before[self.day]), _by_rule(self.now[self.day])
        effect = (done.effect or {}) if done is not None else {}
        for rule in was.keys() | now.keys():
            told = effect.get(rule, {"before": was.get(rule, {}), "after": was.get(rule, {})})
            assert Counter(told["before"]) == was.get(rule, Counter()), rule
            assert Counter(told["after"]) == now.get(rule, Counter()), rule

    def each_duty_has_one_status_and_days_alone_lower_nothing(self, done: Any) -> None:
        """L5: as things stand, over the days that are asked about; a correction or a withdrawal between them may."""
        for told in self.now.values():
            keys = [(each.rule, each.subject_id) for each in told]
            assert len(keys) == len(set(keys))
        tables = Record.metadata.tables
        ends = tables["correction"].c.decided_on, tables["held_fact"].c.until_on, tables["movement_order"].c.annulled_on
        ended = {day for column in ends for day in self.connection.scalars(select(column)) if day is not None}
        for earlier, later in pairwise(self.now):
            if not any(earlier < day <= later for day in ended):
                assert len(self.now[earlier]) <= len(self.now[later]), (earlier, later)
                assert _failed(self.now[earlier]) <= _failed(self.now[later]), (earlier, later)


@pytest.mark.long
@prove(8)
@given(
    data=st.data(),
    acts=st.lists(
        st.tuples(st.sampled_from((*ENTERING, *CONTROLLING, Clerks.confirm, *SETTING)), st.sampled_from((0, 1, 1, 20))),
        min_size=3,
        max_size=6,
    ),
)
def test_the_laws_hold_on_any_history(engine: Engine, data: st.DataObject, acts: list[Any]):
    with _undone(engine) as connection:
        history = History(connection, data.draw)
        for act, gap in acts:
            history.act(act, gap)
        on = history.day
        told = history.now[on]
        records = queries.records(connection, RULES, None, on, limit=1000)
        judged = evaluate.judge_all(connection, records, on)
        plain = owed(Stored.read(connection), on)
        overdue = [each.record for each in judged if each.status is Status.OVERDUE]
        for record in overdue:
            history.clerks.at(on, lambda day, one=record: history.clerks.close(one, day))
        closed = _told(connection, on)
        history.clerks.session.close()
    in_sql = sorted(Owed(r.rule, r.subject_id, str(r.status), r.due, r.evidence) for r in told)
    assert in_sql == sorted(
        Owed(j.record.rule, j.record.subject_id, j.status.value, j.due, j.record.evidence) for j in judged
    )
    assert in_sql == plain
    # L3
    assert _failed(closed) == _failed(told)
    assert not [each for each in closed if each.status is Status.OVERDUE]


class Mistakes:
    """Honest mistakes of a departure that was entered on a day, found later, asked about and confirmed.

    Each returns what must be told then: line → (from which day the term runs, the first entry), or nothing owed.
    """

    def __init__(self, connection: Connection, event: date, entered: date, found: date, other: date) -> None:
        self.clerks = Clerks(connection)
        self.event, self.entered, self.found, self.other = event, entered, found, other

    def enter(self, on: date, event: date, pupil: int = 1) -> int:
        def act(day: date) -> int:
            return self.clerks.order(
                OrderKind.DEPARTURE, self.clerks.session.get(ClassMembership, pupil), day, event
            ).id

        return self.clerks.at(on, act)

    def change(self, line: int, event: date) -> None:
        def act(day: date) -> None:
            self.clerks.session.get(MovementLine, line).event_date = event

        self.clerks.at(self.found, act)

    def annul(self, line: int) -> None:
        def act(day: date) -> None:
            order = self.clerks.session.get(MovementLine, line).order
            order.annulled_on, order.annulment_reason = day, "Ошибка"

        self.clerks.at(self.found, act)

    def correct(self, line: int, kind: CorrectionKind, named: date | None = None, other: int | None = None) -> None:
        session = self.clerks.session
        ask = lambda day: self.clerks.asked(  # noqa: E731
            session.get(MovementLine, line), kind, named, other and session.get(MovementLine, other)
        )
        key = self.clerks.at(self.found, lambda day: ask(day).id)
        self.clerks.at(self.found + DAY, lambda day: self.clerks.confirmed(session.get(Correction, key)))

    def mistyped(self) -> Truth:
        line = self.enter(self.entered, self.other)
        self.change(line, self.event)
        self.correct(line, CorrectionKind.DATE, self.event)
        return {line: (self.event, self.entered)}

    def moved(self) -> Truth:
        line = self.enter(self.entered, self.event)
        self.change(line, self.other)
        self.correct(line, CorrectionKind.MOVED)
        return {line: (self.event, self.entered)}

    def known_later(self) -> Truth:
        line = self.enter(self.entered, self.event)
        self.correct(line, CorrectionKind.KNOWN_LATER, self.other)
        return {line: (self.other, self.entered)}

    def withdrawn(self) -> Truth:
        line = self.enter(self.entered, self.event)
        self.annul(line)
        self.correct(line, CorrectionKind.WITHDRAWN)
        return {line: (self.event, self.entered)}

    def no_event(self) -> Truth:
        line = self.enter(self.entered, self.event)
        self.annul(line)
        self.correct(line, CorrectionKind.NO_EVENT)
        return {line: None}

    def twice(self) -> Truth:
        line, again = self.enter(self.entered, self.event), self.enter(self.found, self.other)
        self.correct(again, CorrectionKind.TWICE, other=line)
        return {line: (self.event, self.entered), again: None}

    def replaced(self) -> Truth:
        line, new = self.enter(self.entered, self.event), self.enter(self.found, self.other)
        self.correct(line, CorrectionKind.REPLACED, other=new)
        return {line: None, new: (self.other, self.entered)}

    def another_pupil(self) -> Truth:
        line, right = self.enter(self.entered, self.event, pupil=2), self.enter(self.found, self.other)
        self.correct(line, CorrectionKind.PERSON, other=right)
        return {line: None, right: (self.other, self.entered)}


def _truth(told: tuple[date, date] | None, on: date) -> str:
    if told is None:
        return "not_applicable"
    due = due_only(load_regulation().rules["order-departure"], told[0], WorkCalendar())
    return judge(due, told[1], on)[0].value


@prove(16)
@given(
    mistake=st.sampled_from([each for name, each in vars(Mistakes).items() if name in MISTAKES]),
    event=st.dates(date(2026, 2, 2), date(2026, 4, 30)),
    gaps=st.lists(st.integers(1, 12), min_size=3, max_size=3),
)
def test_an_honest_mistake_ends_in_the_true_verdict_and_counts_once(
    engine: Engine, mistake: Callable[[Mistakes], Truth], event: date, gaps: list[int]
):
    """L4 and L7."""
    other, entered, found = (event + sum(gaps[:number]) * DAY for number in (1, 2, 3))
    with _undone(engine) as connection:
        made = Mistakes(connection, event, entered, found, other)
        truth = mistake(made)
        made.clerks.session.close()
        on = found + 2 * DAY
        told = {each.subject_id: each for each in _told(connection, on) if each.rule == "order-departure"}
    assert {line: each.status for line, each in told.items()} == {
        line: _truth(expected, on) for line, expected in truth.items()
    }
    assert sum(each.status is not Status.NOT_APPLICABLE for each in told.values()) == sum(map(bool, truth.values()))


@prove(6)
@given(left=st.dates(date(2026, 5, 27), date(2026, 9, 10)), told_on=st.dates(date(2026, 9, 11), date(2026, 10, 20)))
def test_a_departure_told_late_sets_the_promotion_aside_once_it_is_confirmed(engine: Engine, left: date, told_on: date):
    """L4: late as it is until then, and afterwards as if it had been told at once."""
    with _undone(engine) as connection:
        clerks = Clerks(connection)
        member = lambda: clerks.session.get(ClassMembership, 1)  # noqa: E731
        clerks.at(told_on, lambda day: clerks.order(OrderKind.DEPARTURE, member(), day, left))
        waiting = [each.status for each in _told(connection, told_on) if each.rule == "order-promotion"]
        for key in clerks.session.scalars(select(Correction.id)).all():
            clerks.at(told_on + DAY, lambda day, one=key: clerks.confirmed(clerks.session.get(Correction, one)))
        clerks.session.close()
        after = [each for each in _told(connection, told_on + DAY) if each.rule == "order-promotion"]
    owes_nothing = left <= date(2026, 8, 31)
    assert waiting == [Status.LATE if owes_nothing else Status.OVERDUE, Status.OVERDUE]
    assert [each.status for each in after] == [
        Status.NOT_APPLICABLE if owes_nothing else Status.OVERDUE,
        Status.OVERDUE,
    ]
