"""Row scope as SQL: one function of actor and model serves list, card, select, export, PDF, totals and writing."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from app.models.base import Owner, Path
from app.models.shared import is_of_region
from app.regulation.rights import WHOLE, Action, Resource, Scope
from app.security.actor import Actor, Holding, is_whole, united
from app.security.resources import PERSONAL, RESOURCES


def condition(
    model: Any,
    actor: Actor | None,
    action: Action = Action.VIEW,
    resources: Iterable[Resource] | None = None,
    *,
    new: bool = False,
) -> ColumnElement[bool]:
    """The rows of a model on which the actor may act. No actor, no rows; an unlisted model has none either.

    `new`: rows that he adds. A personal scope adds only where the model declares an `Owner`.
    """
    if actor is None:
        return false()
    if actor.is_system:
        return true()
    if model in PERSONAL:
        return model.account_id == actor.account_id
    resources = RESOURCES.get(model, ()) if resources is None else resources
    reached = [
        _rows(model, held, scope, action)
        for resource in resources
        for held in actor.holding(resource, action)
        for scope in held.grants[(resource, action)]
        if not new or _adds(model, scope)
    ]
    return and_(or_(false(), *reached), *_through(model, actor, action), *_within(model, actor, action, resources))


def _through(model: Any, actor: Actor, action: Action) -> list[ColumnElement[bool]]:
    """Who may see the classes of the whole school, but only some of its pupils, sees only those in the classes."""
    path: Path = model.__path__
    if path.through is None or action is not Action.VIEW:
        return []
    column, target = path.through[0], cast(Any, path.through[1]())
    if any(actor.school_ids(resource, Action.VIEW) is None for resource in RESOURCES[target]):
        return []  # every school's: nothing to narrow, and a subquery over all pupils costs
    seen = select(target.__table__.c.id).where(condition(target, actor))
    return [getattr(model, column).in_(seen)]


READING = frozenset({Action.VIEW, Action.PRINT, Action.EXPORT})


def _within(model: Any, actor: Actor, action: Action, resources: Iterable[Resource]) -> list[ColumnElement[bool]]:
    """An account is managed by whoever reaches all that it gives (access.md, Authority over people's access)."""
    path: Path = model.__path__
    if path.within is None or action in READING:
        return []
    reached = united(held.school_ids for resource in resources for held in actor.holding(resource, action))
    return [] if reached is None else [path.within(model, reached, actor.today)]


def _rows(model: Any, held: Holding, scope: Scope, action: Action) -> ColumnElement[bool]:
    path: Path = model.__path__
    if scope not in WHOLE:
        return path.scopes[scope](model, held) if scope in path.scopes else false()
    if is_of_region(model):
        return _rows_of_directory(model, held, action)
    if path.common or held.school_ids is None:
        return true()
    if path.municipality is not None:
        return getattr(model, path.municipality).in_(sorted(held.municipality_ids))
    keys = sorted(held.school_ids)
    return or_(false(), *(getattr(model, name).in_(keys) for name in path.schools))


def _adds(model: Any, scope: Scope) -> bool:
    return scope in WHOLE or isinstance(model.__path__.scopes.get(scope), Owner)


def may_add(model: Any, actor: Actor, resource: Resource) -> bool:
    """Whether there is any row that the actor may add under this right: any of his schools', or one that is his own."""
    if actor.is_system:
        return True
    whole = any(is_whole(held, resource, Action.EDIT) for held in actor.holding(resource, Action.EDIT))
    return whole or any(keys for _, keys in _owners(model, actor, resource))


def own_rows(model: Any, actor: Actor, resource: Resource) -> tuple[str, frozenset[int]] | None:
    """(column of the owner, whose rows) where the actor adds none but his own; None: he says whose they are."""
    held = actor.holding(resource, Action.EDIT)
    if actor.is_system or any(is_whole(each, resource, Action.EDIT) for each in held):
        return None
    found = list(_owners(model, actor, resource))
    columns = {column for column, _ in found}
    return (columns.pop(), frozenset().union(*(keys for _, keys in found))) if len(columns) == 1 else None


def _owners(model: Any, actor: Actor, resource: Resource) -> Iterator[tuple[str, frozenset[int]]]:
    for held in actor.holding(resource, Action.EDIT):
        for scope in held.grants[(resource, Action.EDIT)]:
            owner = model.__path__.scopes.get(scope)
            if isinstance(owner, Owner):
                yield owner.column, owner.of(held)


def _rows_of_directory(model: Any, held: Holding, action: Action) -> ColumnElement[bool]:
    """The region's entries are everybody's to see and nobody's in a school to change; a school's are the school's."""
    if held.school_ids is None:
        return true() if action is Action.VIEW else model.school_id.is_(None)
    own = model.school_id.in_(sorted(held.school_ids))
    return or_(own, model.school_id.is_(None)) if action is Action.VIEW else own
