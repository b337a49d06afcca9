"""L1: no sequence of acts by those who enter lowers late + overdue of a past day, compared with the evening before.

The acts are drawn and done through a session that is listened to, days pass between them; nobody confirms.
"""

from collections.abc import Collection, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.orm import Session, sessionmaker

from app.compliance import changed, evaluate, hold, queries
from app.compliance.bindings.movement import RULES
from app.compliance.status import Status
from app.models.calendars import SchoolCalendarDay
from app.models.monitoring.corrections import Correction
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import Outcome, YearOutcome
from app.models.schools import SchoolSettings
from app.models.study import AcademicYear, StudyPeriod
from app.security import entries
from app.security.actor import SYSTEM
from app.security.guard import acting
from app.security.stamps import stamp
from tests.compliance.worlds import DAY, World
from tests.support import standings
from tests.support.proving import prove

CORRECTION = Correction.__table__
FIRST = date(2026, 8, 28)
ASKED = [date(2026, 6, 27) + timedelta(days=number) for number in range(0, 120, 10)]


class Corrections:
    """Corrections as plain rows."""

    def ask(self, session: Session, act: Any, school_id: int, rules: Sequence[str]) -> int:
        values = {"subject": act.__tablename__, "subject_id": act.id, "about": "Приказ", "reason": "Улучшает"}
        values |= {"state": "waiting", "kind": "bettering", "involved_ids": [], "search_text": "", "version": 1}
        values |= entries.stamp_now(session, school_id)
        made = session.connection().execute(insert(CORRECTION).values(school_id=school_id, **values))
        return made.inserted_primary_key[0]

    def ask_of_setting(self, session: Session, act: Any, school_id: int, effect: Any) -> int:
        return self.ask(session, act, school_id, [])

    tell_of_setting = ask_of_setting

    def withdraw(self, session: Session, numbers: Collection[int], day: date) -> None:
        session.connection().execute(
            delete(CORRECTION).where(CORRECTION.c.id.in_(numbers), CORRECTION.c.entered_on == day)
        )


SESSIONS = sessionmaker(join_transaction_mode="create_savepoint", expire_on_commit=True)
entries.install(SESSIONS)
hold.install(SESSIONS, Corrections())
changed.install(SESSIONS, Corrections())


class Clerks:
    """Those who enter, one day after another."""

    def __init__(self, connection: Connection, draw: Any) -> None:
        self.session, self.draw = SESSIONS(bind=connection), draw

    def act(self, day: date) -> None:
        acts = (self.depart, self.promote, self.end, self.remove, self.decide, self.edit, self.annul, self.take_back)
        acts += (self.week, self.day_off, self.period, self.year)
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        with time_machine.travel(at, tick=False), acting(self.session, SYSTEM):
            self.draw(st.sampled_from(acts))(day)
            stamp(self.session, SYSTEM, [])
            self.session.commit()

    def membership(self) -> ClassMembership | None:
        return self.chosen(ClassMembership)

    def chosen(self, model: Any) -> Any:
        found = list(self.session.scalars(select(model).order_by(model.id)))
        return self.draw(st.sampled_from(found)) if found else None

    def day(self) -> date:
        return date(2026, 5, 1) + self.draw(st.integers(0, 150)) * DAY

    def _order(self, kind: OrderKind, on: date, event: date) -> None:
        member = self.membership()
        if member is None:
            return
        year = member.school_class.academic_year_id
        number = str(len(list(self.session.scalars(select(MovementOrder.id)))) + 100)
        order = MovementOrder(school_id=member.school_id, academic_year_id=year, kind=kind, number=number)
        order.number_key, order.order_date, order.search_text = number, on, number
        line = MovementLine(order=order, pupil_id=member.pupil_id, school_id=member.school_id, kind=kind)
        line.academic_year_id, line.from_class_id, line.event_date = year, member.class_id, event
        self.session.add(order)

    def depart(self, on: date) -> None:
        self._order(OrderKind.DEPARTURE, on, self.day())

    def promote(self, on: date) -> None:
        self._order(OrderKind.PROMOTION, on, on)

    def end(self, on: date) -> None:
        member = self.membership()
        if member is not None:
            member.ends_on = self.draw(st.none() | st.dates(member.starts_on, date(2026, 9, 30)))

    def remove(self, on: date) -> None:
        member = self.membership()
        if member is not None:
            self.session.delete(member)

    def decide(self, on: date) -> None:
        outcome = self.chosen(YearOutcome)
        if outcome is not None:
            outcome.outcome = self.draw(st.sampled_from((Outcome.PROMOTION, Outcome.REPEAT)))

    def edit(self, on: date) -> None:
        line = self.chosen(MovementLine)
        if line is not None and line.order.annulled_on is None:
            line.event_date = self.day()

    def annul(self, on: date) -> None:
        order = self.chosen(MovementOrder)
        if order is not None and order.annulled_on is None:
            order.annulled_on, order.annulment_reason = on, "Ошибка"

    def week(self, on: date) -> None:
        self.chosen(SchoolSettings).work_week = self.draw(st.sampled_from((5, 6)))

    def day_off(self, on: date) -> None:
        """A day of the school's own is added, changed, deleted."""
        own, day = self.chosen(SchoolCalendarDay), date(2026, 6, 25) + self.draw(st.integers(0, 80)) * DAY
        if own is not None and self.draw(st.booleans()):
            self.session.delete(own)
        elif own is not None:
            own.day, own.is_working = day, self.draw(st.booleans())
        else:
            self.session.add(SchoolCalendarDay(school_id=1, day=day, is_working=False, act="Приказ"))

    def period(self, on: date) -> None:
        own = self.chosen(StudyPeriod)
        if own is not None and self.draw(st.booleans()):
            own.ends_on = own.starts_on + self.draw(st.integers(20, 110)) * DAY
        elif own is not None:
            self.session.delete(own)

    def year(self, on: date) -> None:
        self.chosen(AcademicYear).starts_on = date(2025, 9, 1) + self.draw(st.integers(0, 120)) * DAY

    def take_back(self, on: date) -> None:
        """Whoever entered it today deletes it."""
        order = self.chosen(MovementOrder)
        if order is not None and order.entered_on == on and not entries.firm(self.session, MovementLine, order.lines):
            self.session.delete(order)


def _school() -> World:
    world = World()
    world.region()
    school = world.school()
    year = world.year(school, 2025)
    for grade in (5, 9):
        world.member(world.pupil(school), world.school_class(year, grade), date(2025, 9, 1))
    return world


def _failed(connection: Connection) -> list[int]:
    found = [queries.counts(connection, RULES, None, day) for day in ASKED]
    return [sum(each.number for each in day if each.status in (Status.LATE, Status.OVERDUE)) for day in found]


@contextmanager
def _undone(engine: Engine) -> Any:
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.mark.long
@prove(8)
@given(data=st.data(), gaps=st.lists(st.sampled_from((0, 1, 1, 20)), min_size=2, max_size=5))
def test_no_sequence_of_acts_lowers_what_failed_the_evening_before(
    engine: Engine, data: st.DataObject, gaps: list[int]
):
    with _undone(engine) as connection:
        _school().store(connection)
        clerks, day = Clerks(connection, data.draw), FIRST
        evening = now = _failed(connection)
        for gap in gaps:
            day, evening = day + gap * DAY, now if gap else evening
            clerks.act(day)
            now = _failed(connection)
            told = [
                (asked, before, after) for asked, before, after in zip(ASKED, evening, now, strict=True) if asked < day
            ]
            assert all(after >= before for _, before, after in told), (day, told)
        records = queries.records(connection, RULES, None, day, limit=1000)
        in_python = {
            (each.record.rule, each.record.subject_id): each.status
            for each in evaluate.judge_all(connection, records, day)
        }
        of_cards = standings.standing(connection, "pupil", [1, 2], None, day, RULES)
        clerks.session.close()
    assert {(each.rule, each.subject_id): each.status for each in of_cards} == in_python


def test_a_school_whose_members_are_all_taken_away_began_when_it_began(engine: Engine):
    """Found by the property: with the last membership the default start of use went, and every debt with it."""
    with _undone(engine) as connection:
        _school().store(connection)
        before, clerks = _failed(connection), Clerks(connection, None)
        with time_machine.travel(datetime(2026, 8, 28, tzinfo=UTC), tick=False), acting(clerks.session, SYSTEM):
            for member in clerks.session.scalars(select(ClassMembership)):
                clerks.session.delete(member)
            clerks.session.commit()
        now = _failed(connection)
        clerks.session.close()
    assert max(before) > 0
    assert all(after >= was for asked, was, after in zip(ASKED, before, now, strict=True) if asked < FIRST)
