"""Departures of the summer told in the autumn of pupils whose promotion nobody has ordered: they would set the missed
duty aside, so it stands until the deputy confirms."""

from datetime import date

from app.demo.engine.plan import DAY
from app.demo.engine.rows import Row
from app.demo.movement.book import Book
from app.demo.people.households import Child
from app.demo.study import Room, Year
from app.models.engine.held import held_fact
from app.models.monitoring.corrections import CorrectionState
from app.models.movement.kinds import FINAL_GRADES, OrderKind
from app.models.people import PupilStatus

RULE = "order-promotion"
LEAST = 2
"""Of pupils without their order in a class; one fewer remain than there were."""
REASONS = (CorrectionState.WAITING, CorrectionState.CONFIRMED, CorrectionState.REFUSED)
"""What becomes of them, one a class in this order; each school begins with another one."""
NO = "Приложите заявление родителей"


def plant_held(book: Book, years: list[Year]) -> None:
    """Where whole classes were forgotten: one departure a class, up to three a school."""
    closed = [year for year in years if book.due(RULE, year.last_day) < book.plan.horizon]
    if not closed:
        return
    year = closed[-1]
    first = book.site.number % len(REASONS)
    for state, room in zip(REASONS[first:] + REASONS[:first], _rooms(year), strict=False):
        _plant(book, year, room, state)


def _rooms(year: Year) -> list[Room]:
    return [room for room in year.rooms.values() if room.grade not in FINAL_GRADES and len(_stuck(room)) >= LEAST]


def _stuck(room: Room) -> list[Child]:
    return [child for child in room.children if child.stuck]


def _plant(book: Book, year: Year, room: Room, state: CorrectionState) -> None:
    due = book.due(RULE, year.last_day)
    decided = book.days.roll_back(book.plan.horizon)
    entered = book.days.nth_before(decided, 3)
    event = book.days.roll_forward(year.last_day + 30 * DAY)
    if not due < entered or event > due:
        return
    child = _stuck(room)[-1]
    membership = child.membership
    order = book.order(OrderKind.DEPARTURE, year, event, entered)
    line = book.line(order, child, event, counterpart="г. Хабаровск, МБОУ СОШ № 12", reason="Заявление родителей")
    book.leave(child, event, line, PupilStatus.DEPARTED)
    book.ledger.judged(book.site.code, "order-departure", event, book.due("order-departure", event), entered)
    book.ledger.held(book.site.code, RULE, due, entered)
    correction = book.corrections.held(RULE, order, state, decided)
    book.rows.add(held_fact, _held(year, room, membership, due, entered) | {
        "correction_id": correction["id"], "until_on": decided if state is CorrectionState.CONFIRMED else None,
    })  # fmt: skip
    if state is CorrectionState.CONFIRMED:
        book.ledger.released(book.site.code, RULE)


def _held(year: Year, room: Room, membership: Row, due: date, entered: date) -> Row:
    """The fact as it stood: nothing had been entered."""
    return {
        "school_id": membership["school_id"],
        "rule": RULE,
        "subject_id": membership["id"],
        "about": "pupil",
        "about_id": membership["pupil_id"],
        "group_id": room.id,
        "detail": OrderKind.PROMOTION,
        "anchor": year.last_day,
        "opens_on": year.last_day,
        "due": due,
        "evidence": entered,
        "had_evidence": False,
        "since_on": entered,
    }
