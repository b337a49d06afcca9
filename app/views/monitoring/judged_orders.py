"""The orders of a pupil, or the pupils of an order, each with the state of its term."""

from typing import Any

from app.compliance.evaluate import Judgement
from app.extensions import db
from app.models.movement import MovementOrder
from app.models.people import Pupil
from app.panel.declaration import Block
from app.regulation.rights import Action, Resource
from app.security.guard import actor_of
from app.services.monitoring import compliance as monitoring
from app.views.monitoring.reasons import row
from app.views.movement import late_entry


def of_pupil(pupil: Pupil) -> list[dict[str, Any]] | None:
    """For those who may see orders; None leaves the section out of the card."""
    if not actor_of(db.session).may(Action.VIEW, Resource.MOVEMENT_ORDERS):
        return None
    found = monitoring.of_pupil(db.session, _schools(), pupil.id, actor_of(db.session).today)
    return [row(judged) | {"enter_url": late_entry.url(judged)} for judged in found]


def of_order(order: MovementOrder) -> list[dict[str, Any]]:
    return [row(each) for each in judged(order)]


def judged(order: MovementOrder) -> list[Judgement]:
    return monitoring.of_order(db.session, _schools(), order, actor_of(db.session).today)


def _schools() -> frozenset[int] | None:
    return actor_of(db.session).school_ids(Resource.MOVEMENT_ORDERS, Action.VIEW)


PUPIL_BLOCK = Block("monitoring/_story.html", of_pupil)
ORDER_BLOCK = Block("monitoring/_story.html", of_order)
