"""The orders of a pupil, or the pupils of an order, each with the state of its term."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from sqlalchemy import select

from app.compliance.bindings.accounts import RULES as ACCOUNT_RULES
from app.compliance.bindings.movement import RULES
from app.compliance.evaluate import Judgement
from app.compliance.status import Status
from app.extensions import db
from app.models.movement import MovementOrder
from app.models.people import Employee, Parent, Pupil
from app.panel.declaration import Block
from app.panel.loading import TELLERS
from app.regulation.rights import Action, Resource
from app.security.guard import actor_of, person_of
from app.services.monitoring import compliance as monitoring
from app.views.monitoring import closing
from app.views.monitoring.reasons import DAYS_WORDS, card_of, row


def of_pupil(pupil: Pupil) -> list[dict[str, Any]] | None:
    """For those who may see orders; None leaves the section out of the card."""
    if not actor_of(db.session).may(Action.VIEW, Resource.MOVEMENT_ORDERS):
        return None
    return _story(pupil, RULES, _schools())


def of_account(person: Pupil | Parent | Employee) -> list[dict[str, Any]] | None:
    """By when an account was owed to this person, for those who may see accounts; None where nothing is owed."""
    actor = actor_of(db.session)
    if not actor.may(Action.VIEW, Resource.ACCOUNTS):
        return None
    return _story(person, ACCOUNT_RULES, actor.school_ids(Resource.ACCOUNTS, Action.VIEW)) or None


def _story(card: Any, rules: Sequence[str], school_ids: frozenset[int] | None) -> list[dict[str, Any]]:
    today = actor_of(db.session).today
    found = monitoring.of_card(db.session, school_ids, type(card).__tablename__, card.id, today, rules)
    return [row(judged) | closing.link(judged) for judged in found]


def of_order(order: MovementOrder) -> list[dict[str, Any]] | None:
    """None leaves the section out: nothing is owed by this order, or not yet."""
    return [row(each) for each in judged(order)] or None


def judged(order: MovementOrder) -> list[Judgement]:
    return monitoring.of_order(db.session, _schools(), order, actor_of(db.session).today)


class Stands(str):
    """The status of a term in a list: words in a file, a coloured tag on a page."""

    color: str

    def __html__(self) -> str:
        return Markup('<span class="st st-{}">{}</span>').format(self.color, str(self))


def _stands(status: Status, days: int) -> Stands:
    counted = DAYS_WORDS.get(status, "").format(days)
    told = Stands(f"{status.label}, {counted}" if counted else status.label)
    told.color = COLORS[status]
    return told


def terms_of(orders: Sequence[MovementOrder], action: Action) -> dict[int, Stands]:
    """How each of these orders stands to its term: by the worst of its pupils."""
    found = monitoring.of_orders(db.session, _schools(), orders, person_of(db.session).today)
    return {key: _stands(status, days) for key, (status, days) in found.items()}


TELLERS[MovementOrder, "term"] = terms_of


def _schools() -> frozenset[int] | None:
    return actor_of(db.session).school_ids(Resource.MOVEMENT_ORDERS, Action.VIEW)


def replaced_by(order: MovementOrder) -> dict[str, Any] | None:
    """The order entered in place of this one; None leaves the block out."""
    later = select(MovementOrder).where(MovementOrder.replaces_id == order.id).order_by(MovementOrder.id.desc())
    found = db.session.scalar(later.limit(1))
    return None if found is None else {"text": str(found), "url": card_of(MovementOrder.__tablename__, found.id)}


REPLACED_BLOCK = Block("monitoring/_replaced.html", replaced_by)
COLORS = {
    Status.ON_TIME: "green",
    Status.LATE: "orange",
    Status.PENDING: "blue",
    Status.OVERDUE: "red",
    Status.NOT_APPLICABLE: "gray",
}
ACCOUNT_BLOCK = Block("monitoring/_account_story.html", of_account)
PUPIL_BLOCK = Block("monitoring/_story.html", of_pupil)
ORDER_BLOCK = Block("monitoring/_story.html", of_order)
