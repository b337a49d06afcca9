"""Taking back what an order did to the class history of its pupils."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models.movement import ClassMembership, MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind, kinds_where
from app.models.movement.outcomes import YearOutcome
from app.models.people import Pupil
from app.security.guard import system_step
from app.services.movement.place import switch
from app.services.movement.standing import memberships_of, refuse_later
from app.services.movement.state import apply, put_back, reopen, undo

Decided = dict[tuple[int, int], YearOutcome | None]
"""What the council had decided, by pupil and class."""


def take_back(session: Session, order: MovementOrder, pupils: Sequence[Pupil]) -> Decided:
    """Take back what the order did to these pupils; what was decided of those it brought to a class is returned.

    A later order that stands on it forbids this: Conflict.
    """
    decided: Decided = {}
    if not pupils:
        return decided
    with system_step(session, "take back a movement order"):
        memberships, left = memberships_of(session, pupils), {}
        _read_outcomes(session, [line for line in order.lines if line.pupil_id in memberships])
        for pupil_id, rows in memberships.items():
            refuse_later(order, rows)
            left[pupil_id] = undo(rows, order)
            for gone in (row for row in rows if row not in left[pupil_id]):
                decided[pupil_id, gone.class_id] = gone.year_outcome
                session.delete(gone)
        # A flush updates before it deletes, and a pupil has one open membership: the closed one opens after.
        session.flush()
        for pupil_id, before in memberships.items():
            gone_rows = [row for row in before if row not in left[pupil_id]]
            for row in left[pupil_id]:
                reopen(row, order, gone_rows)
        opened = _replayed(session, order, left)
        for line, gone_row in _replacing(order, memberships):
            opened[line.pupil_id].append(put_back(line, gone_row, _opener(session, line)))
        session.add_all([row for rows in opened.values() for row in rows])
    return decided


def _read_outcomes(session: Session, lines: Sequence[MovementLine]) -> None:
    """Of all that they opened at once: read one by one, each reading would write the deletions before it."""
    opened = select(ClassMembership).where(ClassMembership.opened_by_id.in_([line.id for line in lines]))
    session.scalars(opened.options(selectinload(ClassMembership.year_outcome))).all()


def _replayed(
    session: Session, order: MovementOrder, left: dict[int, list[ClassMembership]]
) -> dict[int, list[ClassMembership]]:
    """The moves that a late departure had outlived come back when it is taken back: one query, however many pupils."""
    opened: dict[int, list[ClassMembership]] = {pupil_id: [] for pupil_id in left}
    days = {line.pupil_id: line.event_date for line in order.lines if line.pupil_id in left and not line.attached}
    if order.kind is not OrderKind.DEPARTURE or not days:
        return opened
    moves = session.scalars(
        select(MovementLine)
        .join(MovementLine.order)
        .where(
            MovementLine.pupil_id.in_(sorted(days)),
            MovementLine.kind.not_in(kinds_where(lambda rules: rules.enrols)),
            MovementLine.to_class_id.is_not(None),
            MovementOrder.annulled_on.is_(None),
        )
        .order_by(MovementLine.event_date, MovementLine.id)
    )
    for line in moves:
        if line.to_class is not None and switch(line.kind, line.event_date, line.to_class) > days[line.pupil_id]:
            made = opened[line.pupil_id]
            made += apply(line, [*left[line.pupil_id], *made])
    return opened


def _replacing(
    order: MovementOrder, memberships: dict[int, list[ClassMembership]]
) -> list[tuple[MovementLine, ClassMembership]]:
    """The transfers of an order that took effect before the first day, with the membership that each had opened."""
    return [
        (row.opened_by, row)
        for rows in memberships.values()
        for row in rows
        if row.opened_by is not None
        and row.opened_by.order_id == order.id
        and row.opened_by.kind is OrderKind.TRANSFER
        and row.starts_on > row.opened_by.event_date
    ]


def _opener(session: Session, line: MovementLine) -> MovementLine | None:
    """The order that had brought the pupil to the class that a transfer leaves."""
    return session.scalar(
        select(MovementLine)
        .join(MovementLine.order)
        .where(
            MovementLine.pupil_id == line.pupil_id,
            MovementLine.to_class_id == line.from_class_id,
            MovementLine.order_id != line.order_id,
            MovementOrder.annulled_on.is_(None),
        )
        .order_by(MovementLine.id.desc())
        .limit(1)
    )
