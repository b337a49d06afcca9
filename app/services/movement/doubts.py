"""What an order is asked about: a date far away from the event."""

from collections.abc import Iterator
from typing import Any

from app.models.movement import MovementOrder
from app.services.engine import warnings
from app.services.engine.warnings import Doubt
from app.services.people import age


@warnings.on(MovementOrder)
def _order(session: Any, order: MovementOrder) -> Iterator[Doubt]:
    if order.annulled_on is not None:
        return
    for number, line in enumerate(order.lines):
        first, last = sorted((order.order_date, line.event_date))
        if age(first, last) >= 1 and (first.month, first.day, first.year + 1) != (last.month, last.day, last.year):
            yield Doubt(
                "order-far",
                "Дата приказа и дата события расходятся больше чем на год.",
                f"lines-{number}-event_date",
                (order.order_date, line.event_date),
            )
