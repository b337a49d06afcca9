"""Entering, changing and annulling movement orders; an order changes its pupils' state (3.3.4.4)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models.engine.deleted import DeletedRecord
from app.models.movement import ClassMembership, MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind, kinds_where
from app.models.movement.outcomes import YearOutcome
from app.models.people import Pupil
from app.models.values import order_number_key
from app.security.guard import person_of, system_step
from app.services.engine import records, states, trash
from app.services.engine.errors import Conflict, Refused
from app.services.engine.transaction import transaction
from app.services.movement import doubts  # noqa: F401 - registers what an order is asked about
from app.services.movement.checks import LineDraft, OrderDraft, check
from app.services.movement.place import place_of, switch
from app.services.movement.standing import memberships_of, refuse_later, refuse_removal, standing_on, undeletable
from app.services.movement.state import PupilState, apply, outlived, put_back, reopen, replaced, undo
from app.services.movement.years import year_of

Decided = dict[tuple[int, int], YearOutcome | None]
"""What the council had decided, by pupil and class."""


def enter(session: Session, draft: OrderDraft) -> MovementOrder:
    """Enter a new order and change its pupils' state. Raises Refused with every error found; nothing is saved then."""
    return _write(session, MovementOrder(kind=draft.kind), draft)


def change(session: Session, order: MovementOrder, draft: OrderDraft) -> MovementOrder:
    """Correct an order. Its kind and year stay; a pupil added later is judged by the day of adding."""
    states.require_open(order)
    draft = replace(draft, kind=order.kind, academic_year=order.academic_year)
    return _write(session, order, draft)


def annul(session: Session, order: MovementOrder, reason: str) -> MovementOrder:
    """Annul an order: it stays visible, its effect on the pupils' state is taken back."""
    return states.move(session, order, "annul", reason)


def delete(session: Session, order: MovementOrder) -> DeletedRecord:
    """Delete an order on the day of its entry; the pupils' state returns to what it was. Later it is annulled."""
    states.require_open(order)
    if words := undeletable(session, [order])[order.id]:
        raise Conflict(words[0])
    with transaction(session):
        _take_back(session, order)
        return records.remove(session, order)


@trash.restores(MovementOrder)
def _again(session: Session, order: MovementOrder) -> None:
    """A restored order acts once more, under the checks of entering. Raises Refused."""
    if order.annulled_on is not None:
        return
    _act_again(session, order, order.lines)


@trash.restores(MovementLine)
def _line_again(session: Session, line: MovementLine) -> None:
    """A line that comes back to its order acts once more, under the same checks. Raises Refused."""
    states.require_open(line.order)
    _act_again(session, line.order, [line])


def _act_again(session: Session, order: MovementOrder, lines: Sequence[MovementLine]) -> None:
    draft = replace(_draft_of(order), lines=[_typed(line) for line in lines])
    memberships = memberships_of(session, [line.pupil for line in lines])
    errors = check(draft, memberships, person_of(session).today, _taken(session, order, draft))
    if errors:
        raise Refused(errors)
    for line, typed in zip(lines, draft.lines, strict=True):
        _line(order, line, typed, memberships)
    _apply(session, order, lines)


@states.on(MovementOrder, "annul", forbidden=standing_on)
def _take_back(session: Session, order: MovementOrder) -> None:
    _undo(session, order, [line.pupil for line in order.lines])


def _draft_of(order: MovementOrder) -> OrderDraft:
    return OrderDraft(
        kind=order.kind,
        number=order.number,
        order_date=order.order_date,
        academic_year=order.academic_year,
        decision_date=order.decision_date,
        note=order.note,
    )


def _typed(line: MovementLine) -> LineDraft:
    return LineDraft(line.pupil, line.event_date, line.to_class, line.counterpart, line.reason)


def state_on(session: Session, pupil: Pupil, day: date) -> PupilState:
    """The class and status of a pupil at the end of a local day."""
    return PupilState.on(memberships_of(session, [pupil]).get(pupil.id, []), day)


def _write(session: Session, order: MovementOrder, draft: OrderDraft) -> MovementOrder:
    pupils = [line.pupil for line in draft.lines if line.pupil is not None]
    kept = {line.pupil_id: line for line in order.lines}
    with transaction(session):
        decided = {}
        if order.id:
            decided = _undo(session, order, list({*pupils, *(line.pupil for line in order.lines)}))
        memberships = memberships_of(session, pupils)
        draft = draft if draft.academic_year else replace(draft, academic_year=year_of(session, draft, memberships))
        errors = check(draft, memberships, person_of(session).today, _taken(session, order, draft))
        if errors:
            raise Refused(errors)
        refuse_removal(session, order, draft)
        order.academic_year, order.school_id = draft.academic_year, draft.academic_year.school_id
        order.number, order.order_date = draft.number, draft.order_date
        order.decision_date, order.note = draft.decision_date, draft.note
        order.lines = [_line(order, kept.get(line.pupil.id), line, memberships) for line in draft.lines]
        records.stage(session, order)
        with system_step(session, "apply a movement order"):
            _apply(session, order, order.lines, decided)
        return records.save(session, order)


def _line(
    order: MovementOrder,
    line: MovementLine | None,
    draft: LineDraft,
    memberships: dict[int, list[ClassMembership]],
) -> MovementLine:
    line = line or MovementLine(order=order, pupil=draft.pupil, school_id=order.school_id, kind=order.kind)
    line.academic_year_id = order.academic_year.id
    rows = memberships.get(draft.pupil.id, [])
    place = place_of(order.kind, draft.event_date, draft.to_class, rows, order.academic_year.id)
    line.from_class_id = place.left.class_id if place.left is not None else None
    line.attached = place.stands
    line.event_date, line.to_class = draft.event_date, draft.to_class
    line.counterpart, line.reason = draft.counterpart, draft.reason
    return line


def _apply(
    session: Session, order: MovementOrder, lines: Sequence[MovementLine], decided: Decided | None = None
) -> None:
    """Do what the order says. What the council had `decided` of a pupil in a class stands when he is there again."""
    memberships = memberships_of(session, [line.pupil for line in lines])
    for line in lines:
        rows = memberships.setdefault(line.pupil_id, [])
        opened = apply(line, rows)
        for row in opened:
            YearOutcome.carry((decided or {}).get((row.pupil_id, row.class_id)), row.year_outcome)
        for gone in (taken := replaced(line, rows, opened)):
            rows.remove(gone)
            session.delete(gone)
        if taken:  # a flush inserts before it deletes, and both begin on one day
            session.flush()
        rows.extend(opened)
        for gone in outlived(line, rows):
            rows.remove(gone)
            session.delete(gone)
            order.outlived = [*order.outlived, f"{line.pupil}, {gone.caption}"]
        session.add_all(rows)


def _undo(session: Session, order: MovementOrder, pupils: Sequence[Pupil]) -> Decided:
    """Take back what the order did; what was decided of those it brought to a class is returned.

    A later order that stands on it forbids this.
    """
    decided: Decided = {}
    with system_step(session, "take back a movement order"):
        memberships, left = memberships_of(session, pupils), {}
        _read_outcomes(session, order)
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


def _read_outcomes(session: Session, order: MovementOrder) -> None:
    """Of all that the order opened at once: read one by one, each reading would write the deletions before it."""
    opened = select(ClassMembership).where(ClassMembership.opened_by_id.in_([line.id for line in order.lines]))
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
        if switch(line.kind, line.event_date, line.to_class) > days[line.pupil_id]:
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


def _taken(session: Session, order: MovementOrder, draft: OrderDraft) -> MovementOrder | None:
    """Another order of this school with the same number and date."""
    if draft.academic_year is None or not draft.number or draft.order_date is None:
        return None
    return session.scalar(
        select(MovementOrder).where(
            MovementOrder.school_id == draft.academic_year.school_id,
            MovementOrder.number_key == order_number_key(draft.number),
            MovementOrder.order_date == draft.order_date,
            MovementOrder.id != (order.id or 0),
        )
    )
