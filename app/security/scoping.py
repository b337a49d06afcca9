"""Row scope as SQL: one function of actor and model serves list, card, select, export, PDF, totals and writing."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from app.models.base import Path
from app.security.actor import Actor, Holding
from app.security.permissions import Action, Resource, Rows
from app.security.resources import RESOURCES


def condition(
    model: type, actor: Actor | None, action: Action = Action.VIEW, resources: Iterable[Resource] | None = None
) -> ColumnElement[bool]:
    """The rows of a model on which the actor may act. No actor, no rows; an unlisted model has none either."""
    if actor is None:
        return false()
    if actor.is_system:
        return true()
    resources = RESOURCES.get(model, ()) if resources is None else resources
    reached = [
        _rows(model, held, held.grants[(resource, action)])
        for resource in resources
        for held in actor.holding(resource, action)
    ]
    return or_(false(), *reached)


def _rows(model: Any, held: Holding, rows: Rows) -> ColumnElement[bool]:
    path: Path = model.__path__
    if rows is Rows.OWN_CLASS:
        return path.own_class(model, held) if path.own_class else false()
    if rows is Rows.OWN:
        return path.own(model, held) if path.own else false()
    if path.common or held.school_ids is None:
        return true()
    if path.school is None:
        return false()
    return getattr(model, path.school).in_(sorted(held.school_ids))
