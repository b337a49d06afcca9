"""Who enters and who controls in a small school, acting through a session that is listened to, day after day.

The plain acts of the tables, without the services' refusals: what a service forbids is tried here all the same.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import time_machine
from hypothesis import strategies as st
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session, sessionmaker

from app.compliance import hold
from app.compliance.records import Record
from app.models.calendars import RegionCalendarDay
from app.models.monitoring import ReadingChoice
from app.models.monitoring.corrections import Correction, CorrectionKind, CorrectionState
from app.models.monitoring.starts import SchoolStart
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import Outcome, YearOutcome
from app.models.study import SchoolClass, StudyPeriod
from app.security import entries
from app.security.actor import SYSTEM
from app.security.corrected import freed, is_freed
from app.security.guard import acting
from app.security.stamps import stamp
from app.services.engine.errors import Conflict
from app.services.monitoring import corrections, setting_right  # noqa: F401 - what confirming each kind does
from app.services.monitoring.holding import Corrections
from app.services.movement.replacing import go_on

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 5, 1), date(2026, 10, 30)
INTO = (OrderKind.ENROLMENT, OrderKind.ENROLMENT_1, OrderKind.ENROLMENT_10, OrderKind.TRANSFER)
CHOSEN = ("event-day:order_date", "leaving-on-due-day:owes", "year-end-members:due_day")
"""Options of the register otherwise than by default. Each choice about who owes is another statement: a few do."""
ASKED = (CorrectionKind.DATE, CorrectionKind.KNOWN_LATER, CorrectionKind.NO_EVENT, CorrectionKind.WITHDRAWN)

SESSIONS = sessionmaker(join_transaction_mode="create_savepoint", expire_on_commit=True)
entries.install(SESSIONS)
event.listen(SESSIONS, "before_flush", lambda session, *_: stamp(session, SYSTEM, []))
hold.install(SESSIONS, Corrections())


class Clerks:
    """The acts; `draw` chooses whom and what they are about."""

    def __init__(self, connection: Connection, draw: Any = None) -> None:
        self.session: Session = SESSIONS(bind=connection)
        self.draw = draw
        self.taken_back: list[tuple[OrderKind, int, date]] = []

    def at(self, day: date, act: Callable[[date], Any]) -> Any:
        """An act of a day, kept; where it is refused nothing is."""
        noon = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        with time_machine.travel(noon, tick=False), acting(self.session, SYSTEM):
            try:
                done = act(day)
                self.session.commit()
            except (entries.Firm, Conflict):
                self.session.rollback()
                return None
            return done

    def chosen(self, model: Any, *where: Any) -> Any:
        found = list(self.session.scalars(select(model).where(*where).order_by(model.id)))
        return self.draw(st.sampled_from(found)) if found else None

    def day(self) -> date:
        return FIRST + self.draw(st.integers(0, (LAST - FIRST).days)) * DAY

    def order(self, kind: OrderKind, member: ClassMembership, on: date, event: date) -> MovementLine:
        year = member.school_class.academic_year_id
        number = str(len(list(self.session.scalars(select(MovementOrder.id)))) + 100)
        order = MovementOrder(school_id=member.school_id, academic_year_id=year, kind=kind, number=number)
        order.number_key, order.order_date, order.search_text = number, on, number
        order.decision_date = event if kind is OrderKind.ENROLMENT_1 else None
        line = self._line(order, member, event)
        self.session.add(order)
        self.session.flush()
        return line

    @staticmethod
    def _line(order: MovementOrder, member: ClassMembership, event: date) -> MovementLine:
        kind, place = order.kind, "to_class_id" if order.kind in INTO else "from_class_id"
        line = MovementLine(pupil_id=member.pupil_id, school_id=member.school_id, kind=kind)
        line.academic_year_id, line.event_date = order.academic_year_id, event
        setattr(line, place, member.class_id)
        if kind is OrderKind.TRANSFER:
            line.from_class_id = member.class_id
        order.lines.append(line)
        return line

    def member(self, pupil_id: int, school_class: SchoolClass, starts: date) -> ClassMembership:
        member = ClassMembership(school_id=school_class.school_id, pupil_id=pupil_id, starts_on=starts)
        member.school_class, member.is_initial = school_class, False
        self.session.add(member)
        self.session.flush()
        where = {"school_id": member.school_id, "pupil_id": pupil_id, "class_id": member.class_id}
        self.session.add(YearOutcome(membership_id=member.id, outcome=Outcome.usual(school_class.grade), **where))
        return member

    # Those who enter.

    def depart(self, on: date) -> None:
        if member := self.chosen(ClassMembership):
            self.order(OrderKind.DEPARTURE, member, on, self.day())

    def promote(self, on: date) -> None:
        if member := self.chosen(ClassMembership):
            self.order(self.draw(st.sampled_from((OrderKind.PROMOTION, OrderKind.GRADUATION))), member, on, on)

    def depart_together(self, on: date) -> None:
        """One order about several."""
        members, event = list(self.session.scalars(select(ClassMembership).order_by(ClassMembership.id))), self.day()
        if members:
            order = self.order(OrderKind.DEPARTURE, members[0], on, event).order
            for member in members[1:3]:
                self._line(order, member, event)

    def remove_line(self, on: date) -> None:
        """Out of an order with others; on a later day it is refused."""
        order = self.chosen(MovementOrder)
        if order is not None and len(order.lines) > 1 and not self._grounds(order):
            order.lines.remove(self.draw(st.sampled_from(list(order.lines))))

    def replace(self, on: date) -> None:
        """«Взамен приказа»: the same lines, with a date of their own."""
        old = self.chosen(MovementOrder, MovementOrder.annulled_on.is_(None))
        free = {} if old is None else freed(self.session, "movement_line", [line.id for line in old.lines])
        if old is None or self._grounds(old) or free:
            return
        members = [found for line in old.lines if (found := self._of(line)) is not None]
        if not members:
            return
        old.annulled_on, old.annulment_reason, event = on, "Заменён", self.day()
        new = self.order(old.kind, members[0], on, event).order
        for member in members[1:]:
            self._line(new, member, event)
        new.replaces = old
        self.session.flush()
        go_on(new)

    def _of(self, line: MovementLine) -> ClassMembership | None:
        mine = {"pupil_id": line.pupil_id, "class_id": line.from_class_id or line.to_class_id}
        return self.session.scalars(select(ClassMembership).filter_by(**mine)).first()

    def leave(self, on: date) -> None:
        """A departure that ends the membership, as the service makes it."""
        if member := self.chosen(ClassMembership, ClassMembership.ends_on.is_(None)):
            line = self.order(OrderKind.DEPARTURE, member, on, max(self.day(), member.starts_on + DAY))
            member.ends_on, member.closed_by_id = line.event_date - DAY, line.id

    def transfer(self, on: date) -> None:
        if member := self.chosen(ClassMembership, ClassMembership.ends_on.is_(None)):
            line = self.order(OrderKind.TRANSFER, member, on, max(self.day(), member.starts_on + DAY))
            member.ends_on, member.closed_by_id = line.event_date - DAY, line.id
            self.session.flush()
            self.member(member.pupil_id, member.school_class, line.event_date).opened_by_id = line.id

    def come_back(self, on: date) -> None:
        """By hand, or by an order of enrolment."""
        member = self.chosen(ClassMembership)
        if member is None or self._open(member):
            return
        ended = [each.ends_on for each in self._stays(member)]
        back = self.member(member.pupil_id, member.school_class, max(max(ended) + DAY, self.day()))
        if self.draw(st.booleans()):
            back.opened_by_id = self.order(OrderKind.ENROLMENT, back, on, back.starts_on).id

    def _stays(self, member: ClassMembership) -> list[ClassMembership]:
        return list(self.session.scalars(select(ClassMembership).filter_by(pupil_id=member.pupil_id)))

    def _open(self, member: ClassMembership) -> bool:
        return any(each.ends_on is None for each in self._stays(member))

    def end(self, on: date) -> None:
        member = self.chosen(ClassMembership)
        if member is not None and (member.ends_on is None or not self._open(member)):
            last = self.draw(st.none() | st.dates(member.starts_on, date(2026, 9, 30)))
            others = [each.starts_on for each in self._stays(member) if each.starts_on > member.starts_on]
            if not others or (last is not None and last < min(others)):
                member.ends_on = last

    def remove(self, on: date) -> None:
        if member := self.chosen(ClassMembership):
            self.session.delete(member)

    def decide(self, on: date) -> None:
        if outcome := self.chosen(YearOutcome):
            outcome.outcome = self.draw(st.sampled_from((Outcome.PROMOTION, Outcome.REPEAT)))

    def edit(self, on: date) -> None:
        line = self.chosen(MovementLine)
        if line is not None and line.order.annulled_on is None and not is_freed(self.session, "movement_line", line.id):
            line.event_date = self.day()

    def edit_other(self, on: date) -> None:
        if order := self.chosen(MovementOrder):
            order.number = order.number_key = f"{order.number}-у"

    def annul(self, on: date) -> None:
        order = self.chosen(MovementOrder, MovementOrder.annulled_on.is_(None))
        if order is not None:
            order.annulled_on, order.annulment_reason = on, "Ошибка"

    def take_back(self, on: date) -> None:
        """Whoever entered it today deletes it; on a later day it is refused."""
        order = self.chosen(MovementOrder)
        if order is None or self._grounds(order):
            return
        told = [(order.kind, line.pupil_id, line.event_date) for line in order.lines]
        self.session.delete(order)
        self.session.flush()
        self.taken_back += told

    def _grounds(self, order: MovementOrder) -> bool:
        keys = [line.id for line in order.lines]
        rests = ClassMembership.opened_by_id.in_(keys) | ClassMembership.closed_by_id.in_(keys)
        return self.session.scalar(select(ClassMembership.id).where(rests).limit(1)) is not None

    def restore(self, on: date) -> None:
        """What was deleted on its day comes back with the entry of today."""
        if self.taken_back:
            kind, pupil, event = self.taken_back.pop()
            member = self.chosen(ClassMembership, ClassMembership.pupil_id == pupil)
            if member is not None:
                self.order(kind, member, on, event)

    def ask(self, on: date) -> None:
        line, kind = self.chosen(MovementLine), self.draw(st.sampled_from(ASKED))
        if line is not None and line.kind.rules.trigger is not None and not self._waits(line, kind):
            self.asked(line, kind, line.event_date if kind is CorrectionKind.DATE else self.day())

    def _waits(self, line: MovementLine, kind: CorrectionKind) -> bool:
        mine = {"subject": "movement_line", "subject_id": line.id, "kind": kind, "state": CorrectionState.WAITING}
        return self.session.scalar(select(Correction.id).filter_by(**mine)) is not None

    def asked(self, line: Any, kind: CorrectionKind, named: date | None = None, other: Any = None) -> Correction:
        made = Correction(school_id=line.school_id, kind=kind, subject="movement_line", subject_id=line.id)
        made.about, made.rule = "Приказ", f"order-{line.kind.value.replace('_', '-')}"
        made.trigger_on, made.other_id, made.reason = named, other and other.id, "Ошибка"
        self.session.add(made)
        self.session.flush()
        return made

    # The study year, by hand.

    def close(self, record: Record, on: date) -> None:
        """Enter the order that is missing, with its true dates; it attaches to what stands."""
        kind = OrderKind(record.detail or record.rule.removeprefix("order-").replace("-", "_"))
        member = self.session.get(ClassMembership, abs(record.subject_id))
        line = self.order(kind, member, on, record.anchor)
        if record.subject_id < 0:
            setattr(member, "closed_by_id" if kind is OrderKind.DEPARTURE else "opened_by_id", line.id)

    # Those who control.

    def confirm(self, on: date) -> Correction | None:
        if correction := self.chosen(Correction, Correction.state == CorrectionState.WAITING):
            self.confirmed(correction)
        return correction

    def confirmed(self, correction: Correction) -> None:
        corrections._confirm(self.session, correction)
        correction.state = CorrectionState.CONFIRMED

    def refuse(self, on: date) -> None:
        if correction := self.chosen(Correction, Correction.state == CorrectionState.WAITING):
            corrections._decide(self.session, correction)
            correction.state, correction.refusal = CorrectionState.REFUSED, "Нет"

    # What is set for all, by the region.

    def day_off(self, on: date) -> None:
        """A day of the region's calendar is added, changed, deleted."""
        own, day = self.chosen(RegionCalendarDay), date(2026, 6, 25) + self.draw(st.integers(0, 80)) * DAY
        if own is not None and self.draw(st.booleans()):
            self.session.delete(own)
        elif own is not None:
            own.day, own.is_working = day, self.draw(st.booleans())
        else:
            self.session.add(RegionCalendarDay(region_id=1, day=day, is_working=False, act="Распоряжение"))

    def choose_reading(self, on: date) -> None:
        """Otherwise than by default in the school year of these histories."""
        own, option = self.chosen(ReadingChoice), self.draw(st.sampled_from(CHOSEN))
        if own is not None:
            own.option = option
        else:
            act = {"act_number": "1", "act_date": on}
            self.session.add(ReadingChoice(start_year=2025, option=option, **act))

    def begin(self, on: date) -> None:
        """The day from which the school keeps its records here."""
        own = self.chosen(SchoolStart) or SchoolStart(school_id=1, act_number="1", act_date=on)
        own.since = self.draw(st.dates(date(2025, 8, 1), date(2026, 9, 30)))
        self.session.add(own)

    def end_year(self, on: date) -> None:
        period = self.session.scalars(select(StudyPeriod).order_by(StudyPeriod.ends_on.desc())).first()
        period.ends_on = self.draw(st.dates(date(2026, 5, 20), date(2026, 6, 5)))


ENTERING = (
    Clerks.depart,
    Clerks.depart_together,
    Clerks.remove_line,
    Clerks.replace,
    Clerks.leave,
    Clerks.promote,
    Clerks.transfer,
    Clerks.come_back,
    Clerks.end,
    Clerks.remove,
    Clerks.decide,
    Clerks.edit,
    Clerks.edit_other,
    Clerks.annul,
    Clerks.take_back,
    Clerks.restore,
    Clerks.ask,
)
CONTROLLING = (Clerks.confirm, Clerks.refuse)
SETTING = (Clerks.day_off, Clerks.choose_reading, Clerks.begin, Clerks.end_year)
"""By the region: what is owed follows."""
SAYING_NOTHING_OF_BEFORE = (Clerks.edit_other, Clerks.annul, Clerks.ask, Clerks.confirm, Clerks.refuse)
"""After these a day before them says what it said."""
