"""The menu: grouped by work, not by table; each person sees what he may open. Entries stand on the views themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from flask import request, url_for

from app.panel import registry, sight
from app.panel.menu import Menu
from app.regulation.rights import Action, Resource
from app.security.actor import Actor

HEADINGS: dict[str, bool | None] = {
    "Работа": True,
    "Движение": True,
    "Люди": True,
    "Учебный год": True,
    "Школа и доступ": None,
    "Сроки": None,
    "Справочники": False,
    "Территория": False,
}
"""By work, what one works with on top; whether a heading is unfolded until one folds it. Others follow.

None: for those who enter something there; who only reads opens it when needed.
"""


@dataclass(frozen=True)
class Item:
    title: str
    endpoint: str
    resource: Resource | None
    menu: Menu
    tells: Callable[[Actor], bool]
    """Whether the page has anything to tell to somebody with the right to it."""

    def shown_to(self, actor: Actor) -> bool:
        return self.resource is None or (actor.may(self.menu.action, self.resource) and self.tells(actor))


def entries() -> list[tuple[str, tuple[Item, ...]]]:
    """Headings with their entries, as the views and pages declare them."""
    items = sorted(map(_item, _with_menu()), key=lambda item: item.menu.order)
    titles = dict.fromkeys([*HEADINGS, *(item.menu.heading for item in items)])
    grouped = ((title, tuple(item for item in items if item.menu.heading == title)) for title in titles)
    return [(title, group) for title, group in grouped if group]


def _with_menu() -> list[Any]:
    return [view for view in registry.every() if view.menu is not None]


def _item(view: Any) -> Item:
    """A list of records, or the page that a page opens with."""
    title = view.menu.title or view.title_many
    right = getattr(view, "class_permission_name", None)
    method = "list" if hasattr(view, "model") else view.default_view
    tells = partial(_lists, view) if method == "list" else _always
    return Item(title, f"{view.__name__}.{method}", Resource(right) if right else None, view.menu, tells)


def _lists(view: Any, actor: Actor) -> bool:
    return sight.lists(actor, view)


def _always(actor: Actor) -> bool:
    return True


def menu_for(actor: Actor) -> list[dict[str, Any]]:
    """Headings with what the actor may open; the one that holds the present page is always unfolded."""
    here = (request.endpoint or "").split(".")[0]
    groups = []
    for title, items in entries():
        offered = [item for item in items if item.shown_to(actor)]
        twice = {one.title for one, other in pairwise(offered) if one.title == other.title}
        shown = [_entry(item, here, item.menu.own if item.title in twice else "") for item in offered]
        if shown:
            unfolded = _is_unfolded(title, items, actor)
            holds = any(entry["active"] for entry in shown)
            groups.append({"title": title, "items": shown, "unfolded": unfolded, "open": unfolded or holds})
    return groups


def _is_unfolded(title: str, items: tuple[Item, ...], actor: Actor) -> bool:
    declared = HEADINGS.get(title)
    if declared is not None:
        return declared
    return any(item.resource is not None and actor.may(Action.EDIT, item.resource) for item in items)


def _entry(item: Item, here: str, own: str) -> dict[str, Any]:
    active = item.endpoint.split(".")[0] == here
    return {"title": own or item.title, "url": url_for(item.endpoint), "icon": item.menu.icon, "active": active}
