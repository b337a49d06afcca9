"""How a value looks: dates dd.mm.yyyy, enumerations by their titles, records as links to their cards."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from flask import url_for
from markupsafe import Markup, escape
from sqlalchemy import inspect

from app import clock
from app.choices import Choice
from app.extensions import db
from app.models.accounts import Account
from app.models.base import Record, label_of
from app.models.people import PupilStatus
from app.panel.registry import main_view
from app.regulation.rights import Action
from app.russian import format_date, format_number
from app.security.guard import actor_of

EMPTY = "—"
READERS: dict[tuple[type, str], Callable[[Any], Any]] = {}
"""Values that are told otherwise than stored, or not to everybody: (model, attribute) → what the reader is told."""
BADGES = {
    PupilStatus.ENROLLED: "green",
    PupilStatus.NEW: "orange",
    PupilStatus.DEPARTED: "gray",
    PupilStatus.GRADUATED: "blue",
}


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
    if value in BADGES:
        return Markup('<span class="st st-{0}">{1}</span>').format(BADGES[value], value.title_ru)
    if isinstance(value, (Record, Account)):
        url = card_url(value) if link else None
        return Markup('<a href="{}">{}</a>').format(url, str(value)) if url else escape(str(value))
    return escape(plain(value))


def plain(value: Any) -> str:
    """The same as text: for exports, histories and titles."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, Choice):
        return value.title_ru
    if isinstance(value, datetime):
        return local(value).strftime("%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, int) and value > 9999:
        return format_number(value)
    return str(value)


def local(instant: datetime) -> datetime:
    """An instant in the installation's zone."""
    zone = clock.zone()
    # Flask-AppBuilder's own columns are naive; ours writes UTC into them.
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(zone)


def card_url(obj: Any) -> str | None:
    """The card's address, for those who may open it."""
    view = main_view(type(obj))
    actor = actor_of(db.session)
    if view is None or actor is None or not actor.may(Action.VIEW, view.resource):
        return None
    return url_for(f"{view.__name__}.show", pk=obj.id)
