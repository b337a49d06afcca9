"""Movement within a school year: departures, enrolments, transfers between classes."""

from collections.abc import Callable
from datetime import date

from app.demo.engine.plan import DAY, RATES, about
from app.demo.engine.rows import stamp_of
from app.demo.movement.book import ANNULLED, LATE, ON_TIME, Book
from app.demo.people.households import Child, Households
from app.demo.study import Room, Year
from app.models.movement.kinds import OrderKind
from app.models.people import PupilStatus

ELSEWHERE = (
    "г. Хабаровск, МБОУ СОШ № 12", "г. Владивосток, МБОУ СОШ № 7", "г. Комсомольск-на-Амуре, МОУ СОШ № 4",
    "г. Благовещенск, МАОУ СОШ № 2", "г. Новосибирск, МБОУ СОШ № 18", "г. Москва, ГБОУ школа № 1500",
    "г. Краснодар, МБОУ СОШ № 30", "г. Санкт-Петербург, ГБОУ СОШ № 44", "Приморский край, МБОУ СОШ с. Михайловка",
)  # fmt: skip
GROUP_SIZES, GROUP_WEIGHTS = (1, 2, 3), (80, 15, 5)
RETURNING_SHARE = 0.05
SUMMER_DEPARTURE_SHARE = 0.2


class Movement:
    """One school's movement. Children come from `households`; those who left may come back."""

    def __init__(self, book: Book, households: Households) -> None:
        self._book, self._households, self._rng = book, households, book.rng
        self._gone: list[Child] = []

    def run(self, year: Year, following: Year | None) -> None:
        """Everything between the first and the last bell, by date, and the departures of the summer after."""
        for event, act in sorted(self._within(year), key=lambda item: item[0]):
            act(year, event)
        for event in sorted(self._summer(year)):
            self._leave_in_summer(year, event)
        if following is not None:
            for event in sorted(self._before(following)):
                self._enrol(following, event)

    def bring_in(self, year: Year) -> None:
        """Who left in the autumn before the school began: entered for the sake of the book, and counted nowhere."""
        book = self._book
        entered = book.days.nth_after(book.site.started_on + 7 * DAY, 1)
        room = max(year.rooms.values(), key=lambda room: (len(room.children), -room.id))
        child, event = room.children[0], date(year.start, 10, 6)
        order = book.order(OrderKind.DEPARTURE, year, event, entered)
        line = book.line(order, child, event, counterpart=ELSEWHERE[0], reason="Заявление родителей, переезд")
        book.leave(child, event, line, PupilStatus.DEPARTED)
        # The first duty that is counted.
        after = book.days.roll_forward(book.site.started_on + 9 * DAY)
        self._leave(year, after, self._free(room, after)[:1], ON_TIME)

    # When

    def _within(self, year: Year) -> list[tuple[date, Callable[[Year, date], None]]]:
        size, rng = self._book.site.pupils, self._rng
        # The last days leave room for a late entry before the year's results.
        spans = (
            (self._depart, RATES.departure * (1 - SUMMER_DEPARTURE_SHARE), date(year.start + 1, 5, 6)),
            (self._enrol, RATES.enrolment * 0.8, date(year.start + 1, 4, 24)),
            (self._transfer, RATES.transfer, date(year.start + 1, 5, 6)),
        )
        found = []
        for act, rate, last in spans:
            first = max(date(year.start, 9, 8), self._book.site.started_on + 8 * DAY)
            found += [(self._day(first, last), act) for _ in range(about(rng, rate * size))]
        return found

    def _summer(self, year: Year) -> list[date]:
        number = about(self._rng, RATES.departure * SUMMER_DEPARTURE_SHARE * self._book.site.pupils)
        return [self._day(date(year.start + 1, 6, 5), date(year.start + 1, 8, 10)) for _ in range(number)]

    def _before(self, year: Year) -> list[date]:
        """Enrolments of the last weeks of summer go into the classes of the coming year."""
        number = about(self._rng, RATES.enrolment * 0.2 * self._book.site.pupils)
        return [self._day(date(year.start, 8, 18), date(year.start, 8, 29)) for _ in range(number)]

    def _day(self, first: date, last: date) -> date:
        """Orders are signed on working days, mostly on the day of the event itself."""
        return self._book.working_day(first, last)

    # Departures

    def _depart(self, year: Year, event: date) -> None:
        size = self._rng.choices(GROUP_SIZES, GROUP_WEIGHTS)[0]
        room = self._rng.choice(list(year.rooms.values()))
        free = self._free(room, event)
        self._leave(year, event, free[:size], self._book.fate())

    def _leave_in_summer(self, year: Year, event: date) -> None:
        """Between the year's results and 31 August: nothing is owed any more. Grades 9 and 11 leave by graduation."""
        room = self._rng.choice([room for room in year.rooms.values() if room.grade not in (9, 11)])
        fate = self._book.fate()
        children = self._free(room, event)[:1]
        for _ in self._leave(year, event, children, LATE if fate == LATE else ON_TIME):
            self._book.ledger.not_applicable(self._book.site.code, "order-promotion", year.last_day)

    def _free(self, room: Room, event: date) -> list[Child]:
        free = [child for child in room.children if child.free_from < event and not child.stuck]
        self._rng.shuffle(free)
        return free

    def _leave(self, year: Year, event: date, children: list[Child], fate: str) -> list[Child]:
        """Those who left; an annulled order leaves everybody where they are."""
        book = self._book
        due = book.due("order-departure", event)
        entered = book.entry_day(event, due, fate == LATE)
        if not children or not book.known(entered):
            return []
        order = book.order(OrderKind.DEPARTURE, year, event, entered)
        where = self._rng.choice(ELSEWHERE)
        words = {"counterpart": where, "reason": "Заявление родителей, переезд"}
        lines = [book.line(order, child, event, **words) for child in children]
        annulled_on = book.annulment_day(entered)
        if fate == ANNULLED and book.known(annulled_on):
            book.annul(order, annulled_on)
            for child in children:
                child.free_from = annulled_on
                book.ledger.not_applicable(book.site.code, "order-departure", event)
            return []
        for child, line in zip(children, lines, strict=True):
            book.leave(child, event, line, PupilStatus.DEPARTED)
            book.entries.judged("order-departure", [line], event, "event_date")
        self._gone += children
        return children

    # Enrolments

    def _enrol(self, year: Year, event: date) -> None:
        book = self._book
        before = event < year.starts_on
        rooms = [room for room in year.rooms.values() if not (before and room.grade in (1, 10))]
        room = self._rng.choice(rooms)
        rule, kind, more = "order-enrolment", OrderKind.ENROLMENT, {}
        if room.grade == 1:  # by a decision, here of the very day
            rule, kind, more = "order-enrolment-1", OrderKind.ENROLMENT_1, {"decision_date": event}
        due, fate = book.due(rule, event), book.fate()
        entered = book.entry_day(event, due, fate == LATE)
        if not book.known(entered):
            return
        child = self._returning(room, event)
        if child is None:
            child = self._households.child(room.grade, year.start, book.clerk().stamp(entered))
        order = book.order(kind, year, event, entered, **more)
        words = {"counterpart": self._rng.choice(ELSEWHERE), "reason": "Заявление родителей, личное дело"}
        line = book.line(order, child, event, room, **words)
        again = book.annulment_day(entered)
        if fate == ANNULLED and book.known(again):
            book.annul(order, again)
            book.ledger.not_applicable(book.site.code, rule, event)
            order = book.order(kind, year, event, again, **more)
            line = book.line(order, child, event, room, **words)
        book.enter_class(child, room, event, line, stamp_of(line))
        book.entries.judged(rule, [line], event, kind.rules.trigger or "")

    def _returning(self, room: Room, event: date) -> Child | None:
        """Somebody who left this school and is of that grade's age, now and then."""
        if self._rng.random() >= RETURNING_SHARE:
            return None
        for child in self._gone:
            age = room.year - child.row["birth_date"].year
            away = child.free_from + 30 * DAY < event and not self._owes_again(child, event)
            if away and age in (room.grade + 6, room.grade + 7):
                self._gone.remove(child)
                return child
        return None

    def _owes_again(self, child: Child, back: date) -> bool:
        """Who left in summer and is back so soon that the promotion counted as not owed would be."""
        left_in_summer = child.free_from.month in range(6, 9)
        return left_in_summer and back <= self._book.back_by("order-promotion", child.free_from)

    # Transfers

    def _transfer(self, year: Year, event: date) -> None:
        """From one class of a grade to another: no term of the regulation, but a line of the book all the same."""
        book = self._book
        grades = [grade for grade in range(1, 12) if len(year.grade(grade)) > 1]
        if not grades:
            return
        room, other = self._rng.sample(year.grade(self._rng.choice(grades)), 2)
        children = self._free(room, event)[:1]
        entered = book.entry_day(event, event + 5 * DAY, late=False)
        if not children or not book.known(entered):
            return
        order = book.order(OrderKind.TRANSFER, year, event, entered)
        line = book.line(order, children[0], event, other, reason="Заявление родителей")
        book.move(children[0], other, event, line, stamp_of(line))
