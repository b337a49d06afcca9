"""How a value looks: dates dd.mm.yyyy, enumerations by their titles, records as links to their cards."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from markupsafe import Markup, escape
from sqlalchemy import inspect

from app.extensions import db
from app.models.base import label_of
from app.models.kinds import local as local
from app.models.kinds import plain as plain
from app.panel import kinds
from app.panel.registry import main_view
from app.regulation.rights import Action
from app.security.guard import actor_of

EMPTY = "—"
READERS: dict[tuple[type, str], Callable[[Any], Any]] = {}
"""Values that are told otherwise than stored, or not to everybody: (model, attribute) → what the reader is told."""


def value_of(obj: Any, path: str) -> Any:
    """An attribute by its dotted path; a missing link ends in None (a row out of scope shows nothing)."""
    for name in path.split("."):
        reader = READERS.get((type(obj), name))
        obj = reader(obj) if reader else getattr(obj, name, None)
        if obj is None:
            return None
    return obj


def label_for(model: type, path: str) -> str:
    """The label of a dotted path: that of its last step."""
    head, _, rest = path.partition(".")
    if rest:
        return label_for(inspect(model).relationships[head].mapper.class_, rest)
    return label_of(model, head)


def show(value: Any, *, link: bool = True) -> Markup:
    """Ready HTML of a value."""
    if value is None or value == "":
        return Markup('<span class="quiet">{}</span>').format(EMPTY)
    if not hasattr(type(value), "__titles__"):
        return kinds.html(value)
    url = card_url(value) if link else None
    return Markup('<a href="{}">{}</a>').format(url, str(value)) if url else escape(str(value))


def card_url(obj: Any) -> str | None:
    """The card's address, for those who may open it."""
    view = main_view(type(obj))
    actor = actor_of(db.session)
    if view is None or actor is None or not actor.may(Action.VIEW, view.resource):
        return None
    return url_for(f"{view.__name__}.show", pk=obj.id)
