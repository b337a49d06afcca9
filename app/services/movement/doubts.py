"""What an order and a membership by hand are asked about: a far date, a pupil who studies elsewhere as well."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.models.movement import ClassMembership, MovementOrder
from app.security.guard import person_of
from app.services.engine import warnings
from app.services.engine.warnings import Doubt
from app.services.people import elsewhere


@warnings.on(MovementOrder)
def _order(session: Any, order: MovementOrder) -> Iterator[Doubt]:
    if order.annulled_on is not None:
        return
    for number, line in enumerate(order.lines):
        if _is_over_a_year(*sorted((order.order_date, line.event_date))):
            yield Doubt(
                "order-far",
                "Дата приказа и дата события расходятся больше чем на год.",
                f"lines-{number}-event_date",
                (order.order_date, line.event_date),
            )

    yield from _entering(session, order)


def _entering(session: Any, order: MovementOrder) -> Iterator[Doubt]:
    """Whoever comes into the school and has not left another one."""
    if not order.kind.rules.enrols:
        return
    told = elsewhere.told(session, [line.pupil for line in order.lines])
    for number, line in enumerate(order.lines):
        if words := told.get(line.pupil_id):
            yield Doubt("pupil-elsewhere", words + elsewhere.ADVICE, f"lines-{number}-pupil", (line.pupil_id,))


@warnings.on(ClassMembership)
def _membership(session: Any, membership: ClassMembership) -> Iterator[Doubt]:
    if membership.ends_on is not None and membership.ends_on < person_of(session).today:
        return
    for words in elsewhere.told(session, [membership.pupil]).values():
        yield Doubt("pupil-elsewhere", words + elsewhere.ADVICE, "pupil", (membership.pupil_id,))


def _is_over_a_year(first: date, last: date) -> bool:
    """Whether `last` is after the same date of the next year. Of 29 February the year is over with 28 February, so
    1 March is after it; 29 February is after the year of 28 February."""
    return (last.year - 1, last.month, last.day) > (first.year, first.month, first.day)
