"""An order entered in place of another one: it goes on with the duty of the lines that both have (deadlines.md, L7).

The order replaced is annulled by that, where it still stands. What was entered late stays late: of the two entries the
worse one counts, until who controls confirms that the first one does («заменён приказом»).
"""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.compliance.bindings.movement import RULES
from app.compliance.bindings.movement.tables import rule_of
from app.compliance.duties import duty_of
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.russian import format_date
from app.security.corrected import freed
from app.services.engine import states
from app.services.engine.errors import Refused
from app.services.movement.checks import OrderDraft


def replace_order(session: Session, draft: OrderDraft) -> None:
    """Annul the order in whose place this one is entered. Raises Refused at the field for one that cannot be."""
    old = draft.replaces
    if old is None:
        return
    if words := _unfit(session, old, draft):
        raise Refused({"replaces": [words]})
    if old.annulled_on is None and draft.order_date is not None:
        states.move(session, old, "annul", f"Заменён приказом № {draft.number} от {format_date(draft.order_date)}")


IN_FORCE = (MovementOrder.annulled_on.is_(None),)


def replaceable(kind: OrderKind) -> tuple[ColumnElement[bool], ...]:
    """The orders in whose place one of this kind may be entered: about the same duty, replaced by none in force."""
    alike = [each for each in OrderKind if _alike(each, kind)]
    taken = select(MovementOrder.replaces_id).where(MovementOrder.replaces_id.is_not(None), *IN_FORCE)
    return MovementOrder.kind.in_(alike), MovementOrder.id.not_in(taken)


def _unfit(session: Session, old: MovementOrder, draft: OrderDraft) -> str:
    pupils = [line.pupil for line in draft.lines if line.pupil is not None]
    if any(pupil.school_id != old.school_id for pupil in pupils):
        return f"Приказ {old.caption} – другой школы."
    named = {pupil.id for pupil in pupils}
    free = freed(session, MovementLine.__tablename__, [line.id for line in old.lines])
    lines = [line for line in old.lines if line.id not in free]
    if draft.kind is None or not _alike(old.kind, draft.kind):
        return f"Приказ {old.caption} – «{old.kind.title_ru}»: взамен вносится приказ о том же."
    if not named.intersection(line.pupil_id for line in lines):
        return f"В приказе {old.caption} нет этих обучающихся."
    if left := [str(line.pupil) for line in lines if line.pupil_id not in named and old.annulled_on is None]:
        return (
            f"В приказе {old.caption} есть и другие: {', '.join(left[:3])}. Внесите и их или сначала аннулируйте его."
        )
    if taken := session.scalar(select(MovementOrder).where(MovementOrder.replaces_id == old.id, *IN_FORCE).limit(1)):
        return f"Взамен него уже внесён приказ {taken.caption}."
    return ""


def _alike(old: OrderKind, new: OrderKind) -> bool:
    """The orders of a year's end are about one duty."""
    return old is new or (old.rules.year_end and new.rules.year_end)


def go_on(order: MovementOrder) -> None:
    """Each line goes on with that of its pupil in the order replaced, if its term runs from its own date."""
    rule = rule_of(order.kind)
    if order.replaces is None or rule not in RULES or not duty_of(rule).subject:
        return
    before = {line.pupil_id: line for line in order.replaces.lines}
    for line in order.lines:
        if (old := before.get(line.pupil.id)) is not None and old.kind is line.kind:
            line.continues = old.continues or old
