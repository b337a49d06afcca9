"""How much of a record that another one leads to the reader is told: whoever reads it by a brief right alone is told
no more of it in a column, wherever that stands.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import inspect, select

from app.extensions import db
from app.models.base import shown_by
from app.panel import registry, sight
from app.panel.listing.paths import may_read, path_of, telling
from app.regulation.rights import Action
from app.security.actor import Actor
from app.security.guard import actor_of, person_of
from app.security.scoping import condition

TOLD = "told_whole"
"""In session.info: (the rights of the reader, model → which of its records are told whole)."""


def tells(actor: Actor, model: Any, path: str, action: Action = Action.VIEW) -> bool:
    """Whether a column by its dotted path can tell the reader anything of any row, or a file of it."""
    if not sight.tells(actor, model, path):
        return False
    if actor.is_system:
        return True
    if "." in path:
        return may_read(actor, path_of(model, path))
    return all(any(actor.may(action, each) for each in registry.full_resources(one)) for one in _gathered(model, path))


def _gathered(model: Any, name: str) -> list[Any]:
    """The models whose records a property gathers: many for each row."""
    relations = inspect(model).relationships
    parts = [part for part in shown_by(model, name) if part in relations and part != name]
    return [relations[part].mapper.class_ for part in parts if relations[part].uselist]


def load(rows: Iterable[Any], paths: Iterable[str]) -> None:
    """Read which records behind these paths the reader is told whole: one query for each kind that he has a brief right
    on, none for whoever has not."""
    rows, wanted = list(rows), defaultdict[Any, set[int]](set)
    for path in paths:
        heads = path.split(".")[:-1]
        for obj in rows:
            for head in heads:
                obj = getattr(obj, head, None)
                if obj is None:
                    break
                if _is_brief(type(obj)):
                    wanted[type(obj)].add(obj.id)
    for model, keys in wanted.items():
        _load(model, keys)


def withholds(obj: Any, name: str) -> bool:
    """Whether this column of a record that another one leads to is more than the reader is told."""
    model = type(obj)
    if not _is_brief(model):
        return False
    actor = person_of(db.session)
    told = [resource for resource in telling(model, name) if resource not in registry.full_resources(model)]
    if any(actor.may(Action.VIEW, resource) for resource in told):
        return False
    _load(model, {obj.id})
    return not _known()[model][obj.id]


def _is_brief(model: Any) -> bool:
    """Whether the reader may see such records by a brief right."""
    actor = actor_of(db.session)
    if actor is None or actor.is_system:
        return False
    return any(view.brief and actor.may(Action.VIEW, view.resource) for view in registry.views_of(model))


def _load(model: Any, keys: set[int]) -> None:
    known = _known()[model]
    missing = sorted(keys - known.keys())
    if missing:
        whole = condition(model, actor_of(db.session), resources=registry.full_resources(model))
        seen = set(db.session.scalars(select(model.id).where(model.id.in_(missing), whole)))
        known |= {key: key in seen for key in missing}


def _known() -> dict[Any, dict[int, bool]]:
    held = actor_of(db.session)
    if db.session.info.get(TOLD, (None,))[0] is not held:
        db.session.info[TOLD] = held, defaultdict(dict)
    found: dict[Any, dict[int, bool]] = db.session.info[TOLD][1]
    return found
