"""What a reader may learn at all, whatever the rows: a column or list that would tell nothing is not offered."""

from typing import Any

from sqlalchemy import inspect

from app.models.computed import Computed, computed_of
from app.regulation.rights import Action
from app.security.actor import Actor, is_whole
from app.security.names import is_closed
from app.security.resources import RESOURCES


def reads(actor: Actor, model: Any) -> bool:
    """Whether some right lets the actor read records of a model."""
    return any(actor.may(Action.VIEW, resource) for resource in RESOURCES.get(model, ()))


def tells(actor: Actor, model: Any, path: str) -> bool:
    """Whether a column by its dotted path can tell the actor anything: not of a closed record out of his rights, nor
    of what lies beyond a record that he may not read."""
    head, _, rest = path.partition(".")
    relation = inspect(model).relationships.get(head)
    if relation is None:
        return _tells_all(actor, computed_of(model, head))
    target = relation.mapper.class_
    if rest:
        return reads(actor, target) and tells(actor, target, rest)
    return reads(actor, target) or not is_closed(target)


def _tells_all(actor: Actor, found: Computed | None) -> bool:
    """What counts other records is told to whom sees those of his schools whole: else it were a part of the truth."""
    return found is None or bool(found.system) or all(_sees_whole(actor, each) for each in found.over())


def _sees_whole(actor: Actor, model: Any) -> bool:
    return actor.is_system or any(
        is_whole(held, resource, Action.VIEW)
        for resource in RESOURCES[model]
        for held in actor.holding(resource, Action.VIEW)
    )


def lists(actor: Actor, view: Any) -> bool:
    """Whether the list of a view can hold a row and tell of it."""
    through = view.model.__path__.through
    if through is not None and not (actor.is_system or reads(actor, through[1]())):
        return False
    return any(tells(actor, view.model, name) for name in view.list_columns)
