"""The end of a school year: promotion, repeated years and graduation, class by class."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.demo.engine.plan import DAY, RATES
from app.demo.engine.rows import Row, stamp_of
from app.demo.movement.book import ANNULLED, LATE, MISSING, ON_TIME, Book
from app.demo.people.households import Child
from app.demo.study import Room, Year
from app.models.movement.kinds import FINAL_GRADES, OrderKind
from app.models.movement.outcomes import Outcome
from app.models.people import PupilStatus

FORGOTTEN_FOUND_SHARE = 0.5
"""Of pupils left out of a class's order, those who are added later, after the due date."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A year-end order of a class: its kind and what it does to a pupil; `target` is the class it leads to."""

    kind: OrderKind
    rule: str
    act: Callable[[Child, Row], None]
    target: Room | None = None


class YearEnd:
    """Closes one school year. `settled`: pupils whom no order names go on all the same, as if somebody had moved them
    by hand; otherwise they stay in last year's class, which is what the panel shows until the order is entered."""

    def __init__(self, book: Book, year: Year, following: Year, settled: bool) -> None:
        self._book, self._year, self._next, self._settled = book, year, following, settled
        self._rng, self._quiet_known = book.rng, False

    def run(self) -> None:
        if self._book.plan.on < self._year.last_day:
            return
        for room in self._year.rooms.values():
            members = list(room.children)
            staying = self._held_back(room, members)
            for child in staying:
                self._name(self._repeat(room), room, [child])
            rest = [child for child in members if child not in staying]
            if rest:
                self._name(self._graduate(room) if room.grade in FINAL_GRADES else self._promote(room), room, rest)

    def _held_back(self, room: Room, members: list[Child]) -> list[Child]:
        """Whom the pedagogical council leaves for another year; a conditional promotion is still a promotion."""
        if room.grade == 11:
            return []
        nine = room.grade == 9
        found = [child for child in members if self._rng.random() < (RATES.repeat_9 if nine else RATES.repeat)]
        for child in found:
            child.outcome["outcome"] = Outcome.REPEAT_9 if nine else Outcome.REPEAT
        for child in members:
            if not nine and child not in found and self._rng.random() < RATES.conditional:
                child.outcome["outcome"] = Outcome.CONDITIONAL
        return found

    # The duties

    def _promote(self, room: Room) -> Duty:
        target = self._next.rooms[room.grade + 1, room.letter]
        return self._moving(OrderKind.PROMOTION, "order-promotion", target)

    def _repeat(self, room: Room) -> Duty:
        target = self._next.rooms[room.grade, room.letter]
        if room.grade == 9:
            return self._moving(OrderKind.REPEAT_9, "order-repeat-9", target)
        return self._moving(OrderKind.REPEAT, "order-repeat", target)

    def _moving(self, kind: OrderKind, rule: str, target: Room) -> Duty:
        def act(child: Child, line: Row) -> None:
            self._book.move(child, target, self._next.starts_on, line, stamp_of(line))

        return Duty(kind, rule, act, target)

    def _graduate(self, room: Room) -> Duty:
        def act(child: Child, line: Row) -> None:
            self._book.leave(child, line["event_date"], line, PupilStatus.GRADUATED)

        return Duty(OrderKind.GRADUATION, "order-graduation", act)

    # Entering

    def _name(self, duty: Duty, room: Room, children: list[Child]) -> None:
        """One order for these children of a class, as it happened to go."""
        due = self._book.due(duty.rule, self._year.last_day)
        fate = self._fate(duty, room)
        dated = self._dated(duty, due, fate)
        entered = self._book.entry_day(dated, due, fate == LATE)
        if fate == MISSING or not self._book.known(entered):
            for child in children:
                self._missed(duty, child, due, never=fate == MISSING)
            return
        order = self._order(duty, dated, entered, children, fate == ANNULLED)
        quiet = self._who_left_quietly(duty, children)
        for child in children:
            if child is quiet:
                self._missed(duty, child, due, never=True)
            elif len(children) > 1 and self._rng.random() < self._book.site.discipline.forgotten:
                self._forget(duty, order, child, due)
            else:
                self._done(duty, order, child, due)

    def _who_left_quietly(self, duty: Duty, children: list[Child]) -> Child | None:
        """One pupil of every school has gone, and no order tells so: still in last year's class, a departure of which
        can be entered for a day long past."""
        if self._settled or self._quiet_known or duty.kind is not OrderKind.PROMOTION or len(children) < 2:
            return None
        since = self._year.starts_on
        found = [child for child in children if child.room.grade >= 5 and child.membership["starts_on"] == since]
        self._quiet_known = bool(found)
        return found[0] if found else None

    def _fate(self, duty: Duty, room: Room) -> str:
        fate = self._book.fate(with_missing=True)
        # Without an order a repeater of grade 10 would look like one who was enrolled into it anew.
        return ON_TIME if fate == MISSING and room.grade == 10 and duty.kind is OrderKind.REPEAT else fate

    def _dated(self, duty: Duty, due: date, fate: str) -> date:
        """The date on the order. Late ones carry a decent date too: it is the entry that is late."""
        year = self._year.start + 1
        if duty.kind in (OrderKind.GRADUATION, OrderKind.REPEAT_9):
            return self._book.working_day(date(year, 6, 13), date(year, 6, 27))
        if fate == LATE:
            return self._book.working_day(date(year, 8, 18), date(year, 8, 29))
        first = self._year.last_day + DAY
        if self._rng.random() < 0.7:
            return self._book.working_day(first, date(year, 6, 20))
        return self._book.working_day(date(year, 8, 15), date(year, 8, 28))

    def _order(self, duty: Duty, dated: date, entered: date, children: list[Child], annulled: bool) -> Row:
        """The order; or one that is annulled soon after and another in its place, on whose entry the term is judged."""
        order = self._book.order(duty.kind, self._year, dated, entered)
        again = self._book.annulment_day(entered)
        if not annulled or not self._book.known(again):
            return order
        for child in children:
            self._book.line(order, child, dated, duty.target)
        self._book.annul(order, again)
        return self._book.order(duty.kind, self._year, dated, again)

    def _done(self, duty: Duty, order: Row, child: Child, due: date, entered: date | None = None) -> None:
        line = self._book.line(order, child, order["order_date"], duty.target, entered)
        self._judge(duty, due, line["entered_on"])
        duty.act(child, line)

    def _forget(self, duty: Duty, order: Row, child: Child, due: date) -> None:
        found = self._rng.random() < FORGOTTEN_FOUND_SHARE and order["entered_on"] <= due
        entered = self._book.entry_day(due, due, late=True)
        if found and self._book.known(entered):
            self._done(duty, order, child, due, entered)
        else:
            self._missed(duty, child, due, never=not found)

    def _missed(self, duty: Duty, child: Child, due: date, never: bool) -> None:
        """Nobody has named the pupil by the plan's day; `never` is one whom nobody is going to name."""
        self._judge(duty, due, None)
        child.stuck = True
        if never and self._settled and duty.target is not None:
            self._moved_by_hand(child, duty.target)

    def _moved_by_hand(self, child: Child, target: Room) -> None:
        entered = self._book.days.roll_forward(self._next.starts_on + self._rng.randrange(5) * DAY)
        if self._book.known(entered):
            self._book.move(child, target, self._next.starts_on, None, self._book.clerk().stamp(entered))
            child.free_from = max(child.free_from, entered)
            child.stuck = False

    def _judge(self, duty: Duty, due: date, evidence: date | None) -> None:
        self._book.ledger.judged(self._book.site.code, duty.rule, self._year.last_day, due, evidence)
