"""What taking an order back does to its pupils, told before it is done: who returns to which class."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product

from sqlalchemy.orm import Session

from app.models.movement import MovementLine, MovementOrder
from app.models.movement.memberships import ClassMembership
from app.models.people import PupilStatus
from app.russian import counted, format_date
from app.security.corrected import freed
from app.services.engine.errors import Refused
from app.services.engine.transaction import supposed
from app.services.movement.standing import memberships_of
from app.services.movement.state import PupilState
from app.services.movement.taking_back import Ground, Histories, ground_of, put_right, undone

MOST = 100
"""Pupils of an order up to which each is told of; of more it is told how many they are."""
TRIED = ("starts_on", "ends_on", "opened_by", "closed_by")
PLACED = ("attached", "stands_on")
"""What taking back changes of a membership, and of the line of a move that comes back."""
MOST_NAMED = 10
Told = dict[int, str]


def taken_back(session: Session, orders: Sequence[MovementOrder]) -> dict[int, list[str]]:
    """By order, as if each were taken back alone: sentences, one for all who go from the same to the same; none where
    a later order forbids it. As many queries for many orders as for one, and nothing is written."""
    few = [order for order in orders if len(order.lines) <= MOST]
    free = freed(session, MovementLine.__tablename__, [line.id for order in few for line in order.lines])
    lines = {order.id: [line for line in order.lines if line.id not in free] for order in few}
    pupils = {line.pupil.id: line.pupil for held in lines.values() for line in held if line.pupil is not None}
    histories = memberships_of(session, list(pupils.values()))
    ground = ground_of(session, few, histories)
    told = {order.id: [_many(len(order.lines))] for order in orders if order not in few}
    with supposed(session):
        for order in few:
            own = {line.pupil_id: histories[line.pupil_id] for line in lines[order.id] if line.pupil_id in histories}
            told[order.id] = _told(order, {key: pupils[key].short_name for key in own}, own, ground)
    return told


def _told(order: MovementOrder, names: dict[int, str], histories: Histories, ground: Ground) -> list[str]:
    before = _states(histories)
    with _restored([row for rows in histories.values() for row in rows], ground):
        try:
            left = undone(order, histories)
        except Refused:
            return []
        opened = put_right(order, histories, left, ground)
        after = _states({key: sorted(left[key] + opened[key], key=lambda row: row.starts_on) for key in left})
    return _sentences(names, before, after)


@contextmanager
def _restored(rows: Sequence[ClassMembership], ground: Ground) -> Iterator[None]:
    """The next order is tried on the records as they were."""
    moves = [line for lines in ground.moves.values() for line in lines]
    before = [(obj, name, getattr(obj, name)) for obj, name in [*product(rows, TRIED), *product(moves, PLACED)]]
    try:
        yield
    finally:
        for obj, name, value in before:
            setattr(obj, name, value)


def _many(number: int) -> str:
    return f"Изменится состояние: {counted(number, 'обучающийся', 'обучающихся', 'обучающихся')}."


def _states(histories: Histories) -> Told:
    return {key: _words(PupilState.latest(rows)) for key, rows in histories.items()}


def _words(state: PupilState) -> str:
    if state.status is PupilStatus.ENROLLED:
        return f"в классе {state.school_class}"
    since = f" {format_date(state.since)}" if state.since else ""
    return f"{state.status.title_ru}{since}"


def _sentences(names: dict[int, str], before: Told, after: Told) -> list[str]:
    alike: dict[tuple[str, str], list[str]] = {}
    for key, name in names.items():
        alike.setdefault((before[key], after[key]), []).append(name)
    return [_sentence(was, becomes, who) for (was, becomes), who in alike.items()]


def _sentence(was: str, becomes: str, who: Sequence[str]) -> str:
    more = f" и ещё {len(who) - MOST_NAMED}" if len(who) > MOST_NAMED else ""
    named = ", ".join(who[:MOST_NAMED]) + more
    return f"{named}: останется «{was}»." if was == becomes else f"{named}: по приказу {was}, станет {becomes}."
