"""What taking an order back does to its pupils, told before it is done: who returns to which class."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.models.movement import MovementOrder
from app.models.people import Pupil, PupilStatus
from app.russian import counted, format_date
from app.services.engine.errors import Refused
from app.services.engine.transaction import rehearsal
from app.services.movement import orders
from app.services.movement.standing import memberships_of
from app.services.movement.state import PupilState

MOST = 100
"""Pupils of an order up to which it is tried and taken back; of more it is told how many they are."""
MOST_NAMED = 10
Told = dict[int, str]


def taken_back(session: Session, order: MovementOrder) -> list[str]:
    """Sentences, one for all who go from the same to the same; nothing where a later order forbids it. Nothing is
    written: the act is tried and taken back."""
    pupils = [line.pupil for line in order.lines if line.pupil is not None]
    if len(pupils) > MOST:
        return [f"Изменится состояние: {counted(len(pupils), 'обучающийся', 'обучающихся', 'обучающихся')}."]
    names = {pupil.id: pupil.short_name for pupil in pupils}
    before = _states(session, pupils)
    try:
        with rehearsal(session):
            orders.undo(session, order)
            after = _states(session, pupils)
    except Refused:
        return []
    return _sentences(names, before, after)


def _states(session: Session, pupils: Sequence[Pupil]) -> Told:
    return {key: _words(PupilState.latest(rows)) for key, rows in memberships_of(session, pupils).items()}


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
