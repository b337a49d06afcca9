"""Entering, changing and annulling movement orders; an order changes its pupils' state (3.3.4.4)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance import hold
from app.models.engine.deleted import DeletedRecord
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.models.people import Pupil
from app.models.values import order_number_key
from app.security.corrected import freed
from app.security.guard import person_of, system_step
from app.services.engine import records, states, trash
from app.services.engine.errors import Conflict, Refused
from app.services.engine.transaction import transaction
from app.services.movement import doubts  # noqa: F401 - registers what an order is asked about
from app.services.movement.checks import LineDraft, OrderDraft, check
from app.services.movement.place import place_of
from app.services.movement.replacing import go_on, replace_order
from app.services.movement.standing import memberships_of, refuse_removal, standing_on, undeletable
from app.services.movement.state import PupilState, apply, outlived, replaced
from app.services.movement.taking_back import Decided, take_back
from app.services.movement.years import year_of


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
        undo(session, order)
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
def undo(session: Session, order: MovementOrder) -> None:
    """Take back what the order did. What a correction has freed was taken back when it was confirmed."""
    hold.is_known_by(session, order)
    free = freed(session, MovementLine.__tablename__, [line.id for line in order.lines])
    take_back(session, order, [line.pupil for line in order.lines if line.id not in free])


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
    kept = {line.pupil_id: line for line in order.lines}
    standing = {key for line in draft.lines if (key := _stands(kept, line)) is not None}
    pupils = [line.pupil for line in draft.lines if line.pupil is not None and line.pupil.id not in standing]
    gone = [line.pupil for key, line in kept.items() if key not in standing]
    with transaction(session):
        hold.is_known_by(session, order)
        if not order.id:
            replace_order(session, draft)
        decided = take_back(session, order, list({*pupils, *gone})) if order.id else {}
        memberships = memberships_of(session, pupils)
        draft = draft if draft.academic_year else replace(draft, academic_year=year_of(session, draft, memberships))
        errors = check(draft, memberships, person_of(session).today, _taken(session, order, draft), standing)
        if errors:
            raise Refused(errors)
        refuse_removal(session, order, draft)
        order.academic_year, order.school_id = draft.academic_year, draft.academic_year.school_id
        order.number, order.order_date = draft.number, draft.order_date
        order.decision_date, order.note = draft.decision_date, draft.note
        order.replaces = order.replaces if order.id else draft.replaces
        order.lines = [
            _said(kept[line.pupil.id], line)
            if line.pupil.id in standing
            else _line(order, kept.get(line.pupil.id), line, memberships)
            for line in draft.lines
        ]
        go_on(order)
        records.stage(session, order)
        with system_step(session, "apply a movement order"):
            _apply(session, order, [line for line in order.lines if line.pupil_id not in standing], decided)
        return records.save(session, order)


def _stands(kept: dict[int, MovementLine], draft: LineDraft) -> int | None:
    """The pupil of a line that says what it said: what it did is left alone, however long the order."""
    line = kept.get(draft.pupil.id) if draft.pupil is not None else None
    same = line is not None and (line.event_date, line.to_class) == (draft.event_date, draft.to_class)
    return line.pupil_id if line is not None and same else None


def _said(line: MovementLine, draft: LineDraft) -> MovementLine:
    """What an order says beside who, when and where to: nothing follows from it. A line that says the same is not even
    written: guard and trail look at each that is, and an order may have a thousand."""
    if (line.counterpart, line.reason) != (draft.counterpart, draft.reason):
        line.counterpart, line.reason = draft.counterpart, draft.reason
    return line


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
    return _said(line, draft)


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
            line.outlives = [*line.outlives, gone.caption]
        session.add_all(rows)


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
