"""Taking back what an order did to the class history of its pupils."""

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.models.people import Pupil
from app.models.study import SchoolClass
from app.security.guard import system_step
from app.services.movement.place import switch
from app.services.movement.standing import memberships_of, refuse_later
from app.services.movement.state import apply, put_back, reopen, undo

Decided = dict[tuple[int, int], YearOutcome | None]
"""What the council had decided, by pupil and class."""
Histories = dict[int, list[ClassMembership]]
"""Memberships by pupil, oldest first."""


@dataclass
class Ground:
    """What taking orders back goes by beside the class histories of their pupils."""

    moves: dict[int, list[MovementLine]] = field(default_factory=dict)
    """By pupil, oldest first: those that a late departure may have outlived."""
    bringing: dict[tuple[int, int | None], list[MovementLine]] = field(default_factory=dict)
    """By pupil and class, the last entered first: the orders that had brought the pupil there."""

    def opener(self, line: MovementLine) -> MovementLine | None:
        """The order that had brought the pupil to the class that a transfer leaves."""
        found = self.bringing.get((line.pupil_id, line.from_class_id), ())
        return next((each for each in found if each.order_id != line.order_id), None)


def take_back(session: Session, order: MovementOrder, pupils: Sequence[Pupil]) -> Decided:
    """Take back what the order did to these pupils; what was decided of those it brought to a class is returned.

    A later order that stands on it forbids this: Conflict.
    """
    decided: Decided = {}
    if not pupils:
        return decided
    with system_step(session, "take back a movement order"):
        memberships = memberships_of(session, pupils)
        ground = ground_of(session, [order], memberships)
        _read_outcomes(session, [line for line in order.lines if line.pupil_id in memberships])
        left = undone(order, memberships)
        for pupil_id, rows in memberships.items():
            for gone in (row for row in rows if row not in left[pupil_id]):
                decided[pupil_id, gone.class_id] = gone.year_outcome
                session.delete(gone)
        # A flush updates before it deletes, and a pupil has one open membership: the closed one opens after.
        session.flush()
        opened = put_right(order, memberships, left, ground)
        session.add_all([row for rows in opened.values() for row in rows])
    return decided


def undone(order: MovementOrder, memberships: Histories) -> Histories:
    """The histories without what the order had opened. Raises Conflict where a later order stands on it."""
    for rows in memberships.values():
        refuse_later(order, rows)
    return {pupil_id: undo(rows, order) for pupil_id, rows in memberships.items()}


def put_right(order: MovementOrder, before: Histories, left: Histories, ground: Ground) -> Histories:
    """What the order had closed ends as it did before; the memberships that begin again are returned."""
    for pupil_id, rows in before.items():
        gone = [row for row in rows if row not in left[pupil_id]]
        for row in left[pupil_id]:
            reopen(row, order, gone)
    opened = _replayed(order, left, ground)
    for line, row in _replacing(order, before):
        opened[line.pupil_id].append(put_back(line, row, ground.opener(line)))
    return opened


def ground_of(session: Session, orders: Sequence[MovementOrder], memberships: Histories) -> Ground:
    """For any number of orders a fixed number of queries, for most of them none."""
    late = {
        line.pupil_id
        for order in orders
        for line in order.lines
        if order.kind is OrderKind.DEPARTURE and line.pupil_id in memberships
    }
    ahead = {line.pupil_id for order in orders for line, _ in _replacing(order, memberships)}
    moves: dict[int, list[MovementLine]] = defaultdict(list)
    bringing: dict[tuple[int, int | None], list[MovementLine]] = defaultdict(list)
    for line in _lines(session, late | ahead):
        if not line.kind.rules.enrols:
            moves[line.pupil_id].append(line)
        bringing[line.pupil_id, line.to_class_id].append(line)
    return Ground(moves, {key: sorted(lines, key=lambda line: -line.id) for key, lines in bringing.items()})


def _lines(session: Session, pupils: Set[int]) -> Sequence[MovementLine]:
    """What leads these pupils to a class by an order in force."""
    if not pupils:
        return ()
    lines = (
        select(MovementLine)
        .join(MovementLine.order)
        .where(
            MovementLine.pupil_id.in_(sorted(pupils)),
            MovementLine.to_class_id.is_not(None),
            MovementOrder.annulled_on.is_(None),
        )
        .options(joinedload(MovementLine.to_class).joinedload(SchoolClass.academic_year))
        .order_by(MovementLine.event_date, MovementLine.id)
    )
    return session.scalars(lines).all()


def _read_outcomes(session: Session, lines: Sequence[MovementLine]) -> None:
    """Of all that they opened at once: read one by one, each reading would write the deletions before it."""
    opened = select(ClassMembership).where(ClassMembership.opened_by_id.in_([line.id for line in lines]))
    session.scalars(opened.options(selectinload(ClassMembership.year_outcome))).all()


def _replayed(order: MovementOrder, left: Histories, ground: Ground) -> Histories:
    """The moves that a late departure had outlived come back when it is taken back."""
    opened: Histories = {pupil_id: [] for pupil_id in left}
    if order.kind is not OrderKind.DEPARTURE:
        return opened
    days = {line.pupil_id: line.event_date for line in order.lines if line.pupil_id in left and not line.attached}
    for line in (line for pupil_id in days for line in ground.moves.get(pupil_id, ())):
        if line.to_class is not None and switch(line.kind, line.event_date, line.to_class) > days[line.pupil_id]:
            made = opened[line.pupil_id]
            made += apply(line, [*left[line.pupil_id], *made])
    return opened


def _replacing(order: MovementOrder, memberships: Histories) -> list[tuple[MovementLine, ClassMembership]]:
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
