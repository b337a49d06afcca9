"""How a value looks: dates dd.mm.yyyy, enumerations by their titles, records as links to their cards."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from flask import url_for
from markupsafe import Markup, escape
from sqlalchemy import inspect

from app.extensions import db
from app.models.base import label_of
from app.models.kinds import local as local
from app.models.kinds import plain as plain
from app.panel import kinds, loading, reach
from app.panel.registry import main_view, table_view
from app.regulation.rights import Action
from app.russian import held_together
from app.security import names
from app.security.guard import actor_of
from app.services.engine.told import About, Card
from app.services.engine.warnings import Doubt

EMPTY = "—"


class Withheld:
    """There is a value, or may be one, which the reader has no right to: never shown as an empty one."""

    def __str__(self) -> str:
        return "нет права"


WITHHELD = Withheld()
READERS: dict[tuple[type, str], Callable[[Any], Any]] = {}
"""Values that are told otherwise than stored, or not to everybody: (model, attribute) → what the reader is told."""


def value_of(obj: Any, path: str) -> Any:
    """An attribute by its dotted path. Of a record out of reach its name as text; what lies beyond it is WITHHELD."""
    name, _, rest = path.partition(".")
    reader = READERS.get((type(obj), name))
    if (type(obj), name) in loading.TELLERS:
        return loading.told(obj, name)
    found = reader(obj) if reader else getattr(obj, name, None)
    if found is None:
        return _out_of_reach(obj, name, rest)
    if rest:
        return WITHHELD if reach.withholds(found, rest.partition(".")[0]) else value_of(found, rest)
    model: Any = type(obj)
    words = _words(model, name)
    return words(found) if words else found


@cache
def _words(model: Any, name: str) -> Callable[[Any], str] | None:
    """How a stored code is told, where the column says it."""
    mapper: Any = inspect(model, raiseerr=False)
    column = mapper.columns.get(name) if mapper is not None else None
    return None if column is None else column.info.get("words")


def _out_of_reach(obj: Any, name: str, rest: str) -> Any:
    hidden = names.hidden_key(obj, name)
    if hidden is None:
        return None
    return WITHHELD if rest else names.of(db.session, *hidden) or WITHHELD


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
    if value is WITHHELD:
        return Markup('<span class="quiet">{}</span>').format(value)
    if hasattr(type(value), "__html__"):
        return escape(value)
    if not hasattr(type(value), "__titles__"):
        return kinds.html(value)
    url, name = card_url(value) if link else None, held_together(str(value))
    return Markup('<a href="{}">{}</a>').format(url, name) if url else escape(name)


def card_url(obj: Any) -> str | None:
    """The card's address, for those who may open it."""
    view = main_view(type(obj))
    actor = actor_of(db.session)
    if view is None or actor is None or not actor.may(Action.VIEW, view.resource):
        return None
    return url_for(f"{view.__name__}.show", pk=obj.id)


# Messages that speak of records: the cards open beside, so that nothing typed is lost.


class Linked(str):
    """A message whose record is a link on a page; elsewhere (JSON, a file) its plain words."""

    card: Card

    def __html__(self) -> str:
        return Markup("{} {}").format(str(self), card_link(self.card, "Открыть карточку"))


def linked(message: str) -> str:
    """A service's message as a page shows it."""
    if not isinstance(message, About) or message.card is None:
        return message
    told = Linked(message)
    told.card = message.card
    return told


def named_card(messages: Iterable[str]) -> str | None:
    """The address of the first card that one of a service's messages speaks of."""
    cards = (message.card for message in messages if isinstance(message, About) and message.card is not None)
    return next((url for url in map(_card_url, cards) if url is not None), None)


def told(doubt: Doubt) -> Markup:
    """A warning with links to the records that it is about."""
    links = (card_link(card, card.name) + "." for card in doubt.cards)
    return Markup(" ").join([escape(doubt.words), *links])


def card_link(card: Card, words: str) -> Markup:
    url = _card_url(card)
    if url is None:
        return escape(words)
    return Markup('<a href="{}" target="_blank" rel="noopener">{}</a>').format(url, words)


def _card_url(card: Card) -> str | None:
    view = table_view(card.entity)
    return None if view is None or card.id is None else url_for(f"{view.__name__}.show", pk=card.id)
