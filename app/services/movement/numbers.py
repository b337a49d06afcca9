"""Numbers of orders: the next one of a school, and whether one was used in the same calendar year already."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.movement import MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.values import order_number_key

COUNTED = re.compile(r"^(\D*)(\d{1,9})(.*)$", re.DOTALL)
"""Of a number the first digits are counted on: 214-у is followed by 215-у."""


def next_numbers(session: Session, school_id: int, today: date) -> dict[OrderKind, str]:
    """Kind → the number that its next order is likely to have, by this calendar year's orders of the school: written
    like the last one of the kind, and greater by one than the greatest that is written so. One query."""
    statement = select(MovementOrder.kind, MovementOrder.number).where(
        MovementOrder.school_id == school_id,
        MovementOrder.order_date >= date(today.year, 1, 1),
        MovementOrder.order_date <= date(today.year, 12, 31),
    )
    found = session.execute(statement.order_by(MovementOrder.order_date, MovementOrder.id)).all()
    greatest = _greatest(number for _, number in found)
    last = {kind: shape for kind, number in found if (shape := _shape(number)) is not None}
    return {kind: f"{before}{greatest[before, after] + 1}{after}" for kind, (before, after) in last.items()}


def _shape(number: str) -> tuple[str, str] | None:
    parts = COUNTED.match(number)
    return (parts[1], parts[3]) if parts else None


def _greatest(numbers: Iterable[str]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for parts in filter(None, map(COUNTED.match, numbers)):
        key = parts[1], parts[3]
        found[key] = max(found.get(key, 0), int(parts[2]))
    return found


def used(session: Session, order: MovementOrder) -> MovementOrder | None:
    """Another order in force of this school, of the same number and calendar year. Of the same day there is none."""
    if not order.number:
        return None
    year = order.order_date.year
    others: Any = select(MovementOrder).where(
        MovementOrder.school_id == order.school_id,
        MovementOrder.number_key == order_number_key(order.number),
        MovementOrder.order_date.between(date(year, 1, 1), date(year, 12, 31)),
        MovementOrder.annulled_on.is_(None),
        MovementOrder.id != (order.id or 0),
    )
    with session.no_autoflush:
        return session.scalar(others.order_by(MovementOrder.order_date.desc()).limit(1))
