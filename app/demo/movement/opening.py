"""The opening of a school year: grade 1, grade 10, and in the first year everybody who was there before."""

from datetime import date

from app.demo.engine.plan import DAY, about
from app.demo.engine.rows import Row, stamp_of
from app.demo.movement.book import ANNULLED, LATE, MISSING, Book
from app.demo.people.households import Child, Households
from app.demo.study import Room, Year, pupils_in
from app.models.movement.kinds import OrderKind
from app.models.people import PupilStatus

DECISIONS = (3, 14)
"""Fewest and most children of one decision on enrolment to grade 1."""
NEWCOMER_SHARE = 0.1
"""Of grade 10, those who come from other schools."""


class Opening:
    """Fills the classes of one school year that promotion does not fill."""

    def __init__(self, book: Book, households: Households, year: Year) -> None:
        self._book, self._households, self._year, self._rng = book, households, year, book.rng

    def bring_in(self) -> None:
        """Those who were pupils before the school kept its data here: members of classes without an order. Of whoever
        begins before the year, grades 1 and 10 are enrolled by order."""
        site = self._book.site
        longest = 7 if site.late else 25
        for room in self._year.rooms.values():
            if room.grade in (1, 10) and not site.late:
                continue
            for _ in range(self._size(room)):
                entered = self._book.days.roll_forward(site.started_on + self._rng.randrange(longest) * DAY)
                stamp = self._book.clerk().stamp(entered)
                child = self._households.child(room.grade, self._year.start, stamp)
                self._book.enter_class(child, room, self._year.starts_on, None, stamp, initial=True)
                child.free_from = max(child.free_from, entered)

    def enrol_first_grade(self) -> None:
        for room in self._year.grade(1):
            left = self._size(room)
            while left > 0:
                number = min(left, self._rng.randint(*DECISIONS))
                left -= number
                self._enrol_to_first(room, number)

    def enrol_tenth_grade(self, graduates: list[Child]) -> None:
        """Mostly the school's own graduates of grade 9, a few from elsewhere."""
        rooms = self._year.grade(10)
        self._rng.shuffle(graduates)
        for room in rooms:
            wanted = self._size(room)
            own = [graduates.pop() for _ in range(min(len(graduates), round(wanted * (1 - NEWCOMER_SHARE))))]
            self._enrol_to_tenth(room, own, max(0, wanted - len(own)))

    def _size(self, room: Room) -> int:
        whole = pupils_in(self._book.site, room.grade) / len(self._year.grade(room.grade))
        return max(1, about(self._rng, whole * self._rng.uniform(0.88, 1.12)))

    # Grade 1

    def _decided_on(self) -> date:
        """By the admission rules: most at the end of June, the others from July to the end of August."""
        year = self._year.start
        if self._rng.random() < 0.7:
            return self._book.working_day(date(year, 6, 17), date(year, 7, 2))
        return self._book.working_day(date(year, 7, 6), date(year, 8, 21))

    def _enrol_to_first(self, room: Room, number: int) -> None:
        book, rule = self._book, "order-enrolment-1"
        decided = self._decided_on()
        due, fate = book.due(rule, decided), book.fate()
        entered = book.entry_day(decided, due, fate == LATE)
        if not book.known(entered):
            return
        stamp = book.clerk().stamp(entered)
        children = [self._households.child(1, self._year.start, stamp) for _ in range(number)]
        order, lines = self._first_order(decided, entered, room, children)
        again = book.annulment_day(entered)
        if fate == ANNULLED and book.known(again):
            book.annul(order, again)
            for _ in children:
                book.ledger.not_applicable(book.site.code, rule, decided)
            order, lines = self._first_order(decided, again, room, children)
        for child, line in zip(children, lines, strict=True):
            book.enter_class(child, room, self._year.starts_on, line, stamp_of(line))
        book.entries.judged(rule, lines, decided, "decision_date")

    def _first_order(self, decided: date, entered: date, room: Room, children: list[Child]) -> tuple[Row, list[Row]]:
        book, event = self._book, self._year.starts_on
        order = book.order(OrderKind.ENROLMENT_1, self._year, decided, entered, decision_date=decided)
        return order, [book.line(order, child, event, room, reason="Заявление родителей") for child in children]

    # Grade 10

    def _enrol_to_tenth(self, room: Room, own: list[Child], newcomers: int) -> None:
        book = self._book
        # Any day of the year that ends: the duty closes it.
        due = book.due("order-enrolment-10", date(self._year.start, 8, 31))
        fate = book.fate(with_missing=True)
        dated = book.working_day(date(self._year.start, 7, 27), date(self._year.start, 8, 27))
        if fate == LATE:
            dated = book.working_day(date(self._year.start, 8, 20), date(self._year.start, 8, 28))
        entered = book.entry_day(dated, due, fate == LATE)
        by_hand = book.days.roll_forward(self._year.starts_on - self._rng.randrange(1, 6) * DAY)
        if not book.known(by_hand if fate == MISSING else entered):
            return
        stamp = book.clerk().stamp(by_hand if fate == MISSING else entered)
        children = own + [self._households.child(10, self._year.start, stamp) for _ in range(newcomers)]
        order = None if fate == MISSING else self._tenth_order(dated, entered, room, children, fate == ANNULLED)
        for child in children:
            forgotten = order is None or self._rng.random() < book.site.discipline.forgotten
            self._enter_tenth(child, room, None if forgotten else order, due, stamp)

    def _tenth_order(self, dated: date, entered: date, room: Room, children: list[Child], annulled: bool) -> Row:
        book = self._book
        order = book.order(OrderKind.ENROLMENT_10, self._year, dated, entered)
        again = book.annulment_day(entered)
        if not annulled or not book.known(again):
            return order
        for child in children:
            book.line(order, child, self._year.starts_on, room)
        book.annul(order, again)
        return book.order(OrderKind.ENROLMENT_10, self._year, dated, again)

    def _enter_tenth(self, child: Child, room: Room, order: Row | None, due: date, stamp: Row) -> None:
        book, rule = self._book, "order-enrolment-10"
        line = book.line(order, child, self._year.starts_on, room) if order else None
        book.enter_class(child, room, self._year.starts_on, line, stamp)
        child.free_from = max(child.free_from, stamp["entered_on"])
        evidence = line["entered_on"] if line else None
        book.ledger.judged(book.site.code, rule, book.opens(rule, self._year.start), due, evidence)


def repeaters_of_tenth(book: Book, year: Year) -> None:
    """Who repeats grade 10 was not enrolled into it anew: nothing is owed."""
    rule = "order-enrolment-10"
    for room in year.grade(10):
        for _ in room.children:
            book.ledger.not_applicable(book.site.code, rule, book.opens(rule, year.start))


def graduates_of_ninth(children: list[Child]) -> list[Child]:
    return [child for child in children if child.left_as is PupilStatus.GRADUATED]
