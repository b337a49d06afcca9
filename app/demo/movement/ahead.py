"""Orders signed already for days to come: nothing of them acts today, and the cards say what is coming."""

from datetime import timedelta

from app.demo.engine.rows import stamp_of
from app.demo.movement.book import Book
from app.demo.people.households import Child
from app.demo.study import Room, Year
from app.models.movement.kinds import OrderKind
from app.models.people import PupilStatus

MOVES_IN, LEAVES_IN = timedelta(days=12), timedelta(days=35)


def plant_ahead(book: Book, year: Year) -> None:
    """A transfer and a departure, where the school year lasts long enough; two pupils whom nothing else is about."""
    today = book.plan.on
    entered = book.days.roll_back(book.plan.horizon)
    free = [child for child in _pupils(year) if child.free_from < entered and not child.stuck]
    if entered < year.starts_on or today + LEAVES_IN >= year.last_day or len(free) < 2:
        return
    moving = next((child for child in free if _beside(year, child) is not None), None)
    if moving is not None:
        room, day = _beside(year, moving), book.days.roll_forward(today + MOVES_IN)
        order = book.order(OrderKind.TRANSFER, year, entered, entered)
        line = book.line(order, moving, day, room, reason="Заявление родителей")
        book.move(moving, room, day, line, stamp_of(line))
    leaving = next(child for child in free if child is not moving)
    day = book.days.roll_forward(today + LEAVES_IN)
    order = book.order(OrderKind.DEPARTURE, year, entered, entered)
    line = book.line(
        order, leaving, day, counterpart="г. Хабаровск, МБОУ СОШ № 12", reason="Заявление родителей, переезд"
    )
    book.leave(leaving, day, line, PupilStatus.DEPARTED)
    book.ledger.judged(book.site.code, "order-departure", day, book.due("order-departure", day), entered)


def _pupils(year: Year) -> list[Child]:
    """Those of the lowest grades last come first: the classes shown to visitors are the middle ones."""
    rooms = sorted(year.rooms.values(), key=lambda room: (room.grade, room.letter))
    return [child for room in rooms for child in reversed(room.children)]


def _beside(year: Year, child: Child) -> Room | None:
    """Another class of the grade."""
    return next((room for room in year.grade(child.room.grade) if room is not child.room), None)
