"""What stands on an order and what can no longer be undone: the class history, later orders, firm entries."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil
from app.models.study import SchoolClass
from app.russian import format_date
from app.security import entries
from app.security.corrected import freed
from app.services.engine.errors import Conflict, Refused
from app.services.engine.told import About, Card
from app.services.movement.checks import LineDraft, OrderDraft


def standing_on(session: Session, orders: Sequence[MovementOrder]) -> dict[int, list[str]]:
    """For each order the later one that stands on it and forbids taking it back, if there is one."""
    live = [order for order in orders if order.annulled_on is None]
    lines = select(MovementOrder).where(MovementOrder.id.in_([order.id for order in live]))
    session.scalars(lines.options(selectinload(MovementOrder.lines).joinedload(MovementLine.pupil))).all()
    pupils = {line.pupil_id: line.pupil for order in live for line in order.lines if line.pupil is not None}
    memberships = memberships_of(session, list(pupils.values()))
    found: dict[int, list[str]] = {order.id: [] for order in orders}
    for order in live:
        try:
            for line in order.lines:
                refuse_later(order, memberships.get(line.pupil_id, []))
        except Conflict as error:
            found[order.id] += error.messages
    return found


def undeletable(session: Session, orders: Sequence[MovementOrder]) -> dict[int, list[str]]:
    """For each order what forbids deleting it: a later order stands on it, or it was entered on an earlier day."""
    found = standing_on(session, orders)
    order_of = {line.id: order for order in orders for line in order.lines}
    lines = [line for order in orders for line in order.lines]
    for key in entries.firm(session, MovementLine, lines):
        order = order_of[key]
        found[order.id] = [
            f"{order.caption}: внесён {format_date(order.entered_on)}, после дня внесения приказ не удаляется. "
            + MovementLine.__judged__.instead
        ]
    return found


def refuse_removal(session: Session, order: MovementOrder, draft: OrderDraft) -> None:
    """A pupil entered on an earlier day stays in the order: taking him out would take the lateness with him."""
    named = {line.pupil.id: line for line in draft.lines if line.pupil is not None}
    gone = [line for line in order.lines if line.pupil_id not in named]
    kept = entries.firm(session, MovementLine, gone)
    words = [
        f"{line.pupil}: по исправлению эта строка не считается и остаётся, какой была. Верните в ней дату и класс."
        for line in _freed(session, order)
        if line.pupil_id in named and _says_else(line, named[line.pupil_id])
    ]
    words += [
        f"{line.pupil}: внесено {format_date(line.entered_on)}, после дня внесения из приказа не убирается."
        " Верните строку; если приказ неверен, аннулируйте его и внесите новый."
        for line in gone
        if line.id in kept
    ]
    if words:
        raise Refused({"lines": words})


def _says_else(line: MovementLine, typed: LineDraft) -> bool:
    return (typed.event_date, typed.to_class) != (line.event_date, line.to_class)


def _freed(session: Session, order: MovementOrder) -> list[MovementLine]:
    """The lines that a correction has freed, as they are stored."""
    keys = freed(session, MovementLine.__tablename__, [line.id for line in order.lines if line.id is not None])
    return [line for line in order.lines if line.id in keys]


def refuse_later(order: MovementOrder, rows: list[ClassMembership]) -> None:
    """Raises Conflict where a later order rests on what this one did. One that was entered before it does not, and
    nothing rests on what this order had found standing."""
    _refuse_taken(order, rows)
    for row in rows:
        opened, closed = row.opened_by, row.closed_by
        later = [closed] if _did(order, opened) else []
        if _did(order, closed):
            later += [other.opened_by for other in rows if other.starts_on > row.starts_on]
        did = opened if _did(order, opened) else closed
        if resting := [line for line in later if line is not None and did is not None and _rests(line, did)]:
            raise _first(resting[-1].order)


def _refuse_taken(order: MovementOrder, rows: list[ClassMembership]) -> None:
    """The same for a class that a transfer has taken before its first day: no membership tells of it any more."""
    entered = {line.to_class_id for line in order.lines if line.to_class_id is not None}
    for line in (
        row.opened_by for row in rows if row.opened_by is not None and row.starts_on > row.opened_by.event_date
    ):
        if line.kind is OrderKind.TRANSFER and line.from_class_id in entered and line.order_id != order.id:
            raise _first(line.order)


def _first(later: MovementOrder) -> Conflict:
    """The later order stands in the same school: whoever changes the one opens the other."""
    words = f"Сначала аннулируйте более поздний приказ {later.caption}: он опирается на этот."
    return Conflict(About(words, Card(MovementOrder.__tablename__, later.id, later.caption)))


def _did(order: MovementOrder, line: MovementLine | None) -> bool:
    return line is not None and line.order_id == order.id and not line.attached


def _rests(later: MovementLine, line: MovementLine) -> bool:
    return later.order_id != line.order_id and later.id > line.id and not later.attached


def memberships_of(session: Session, pupils: Sequence[Pupil]) -> dict[int, list[ClassMembership]]:
    """The class history of these pupils, oldest first: two queries, however many pupils."""
    found: dict[int, list[ClassMembership]] = {pupil.id: [] for pupil in pupils}
    statement = (
        select(ClassMembership)
        .where(ClassMembership.pupil_id.in_(sorted(found)))
        .options(
            selectinload(ClassMembership.school_class).selectinload(SchoolClass.academic_year),
            selectinload(ClassMembership.opened_by).selectinload(MovementLine.order),
            selectinload(ClassMembership.closed_by).selectinload(MovementLine.order),
        )
        .order_by(ClassMembership.starts_on)
    )
    for row in session.scalars(statement):
        found[row.pupil_id].append(row)
    return found
