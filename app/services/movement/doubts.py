"""What an order is asked about: a date far away from the event."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.models.movement import MovementOrder
from app.services.engine import warnings
from app.services.engine.warnings import Doubt


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


def _is_over_a_year(first: date, last: date) -> bool:
    """Whether `last` is after the same date of the next year. Of 29 February the year is over with 28 February, so
    1 March is after it; 29 February is after the year of 28 February."""
    return (last.year - 1, last.month, last.day) > (first.year, first.month, first.day)
