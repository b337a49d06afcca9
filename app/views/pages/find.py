"""«Найти всё»: one box over every kind of record and the menu within one's rights; recent records and favourites."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask_appbuilder import expose
from sqlalchemy import literal, select, union_all

from app.extensions import db
from app.keyboard import in_other_layout
from app.models import numbers
from app.models.base import label_of
from app.models.names import search_key
from app.panel import cells
from app.panel.listing.paths import small
from app.panel.listing.searching import quick_matches
from app.panel.loading import eager, ordering
from app.panel.page import Page
from app.panel.recent import recent
from app.panel.registry import BY_ROUTE
from app.regulation.rights import Action
from app.security import names
from app.security.guard import actor_of
from app.security.scoping import condition
from app.services.engine import personal
from app.views.pages.menu import Item, entries
from app.web import arguments
from app.web.open_to import OpenTo

HITS = 5
"""Of one kind; the list has the rest."""
SHORTEST = 2
"""Letters from which it is worth looking."""
ICON = "file-text"
EXAMPLES = (
    "человека, приказ, класс",
    "человека, приказ, класс, школу, раздел",
    "Фамилия, номер приказа, класс, школа, раздел",
)
"""What the boxes of every page say one may look for: the short one, the long one, and what to type."""

Group = dict[str, Any]
"""{"title", "hits": [{"text", "hint", "why", "url", "icon", "kind"}], "more_url"}"""


class FindView(Page):
    open_to = OpenTo.SIGNED_IN
    route_base = "/find"
    default_view = "index"
    guide, clause = "panel#найти-всё", "1.6"

    @expose("/")
    def index(self) -> str:
        text = arguments.search_text(request.args)
        groups = found(text) if text else at_hand()
        part = "part" in request.args
        template = "pages/_hits.html" if part else "pages/find.html"
        return render_template(template, part=part, q=text, groups=groups, short=bool(text) and not _words(text))


class FavouriteView(Page):
    open_to = OpenTo.SIGNED_IN
    route_base = "/favourites"
    guide, clause = "panel#найти-всё", "1.6"
    default_view = "toggle"

    @expose("/toggle", methods=["POST"])
    def toggle(self) -> Any:
        entity, key = request.form.get("entity", ""), arguments.key(request.form.get("id", ""))
        url = next((hit["url"] for hit in shown([(entity, key)])), None)
        if url is None:
            abort(404)
        kept = personal.toggle(db.session, entity, key)
        if request.headers.get("Accept") == "application/json":
            return {"favourite": kept}
        flash("Запись в избранном." if kept else "Запись убрана из избранного.", "success")
        return redirect(url)


def found(text: str) -> list[Group]:
    """Menu entries and at most HITS records of each kind. One query finds; what is found is read by kind."""
    if not _words(text):
        return []
    seen: set[personal.Key] = set()
    keys = _keys(_views(), text)
    groups = [_menu(text), *(_of_kind(view, keys[view], text, seen) for view in _views() if keys[view])]
    return [group for group in groups if group["hits"]]


def at_hand() -> list[Group]:
    """What is offered before a word is typed."""
    groups = [
        {"title": "Избранное", "hits": shown(personal.favourites(db.session)), "more_url": None},
        {"title": "Недавние", "hits": shown(recent(session)), "more_url": None},
    ]
    return [group for group in groups if group["hits"]]


def shown(keys: Iterable[personal.Key]) -> list[dict[str, Any]]:
    """These records as far as they are within the scope, in the order given. One query a view."""
    keys = list(keys)
    wanted: dict[str, list[int]] = defaultdict(list)
    for entity, key in keys:
        wanted[entity].append(key)
    hits: dict[personal.Key, dict[str, Any]] = {}
    for view in _views(searched=False):
        entity = view.model.__tablename__
        missing = [key for key in wanted.get(entity, ()) if (entity, key) not in hits]
        if missing:
            objects = db.session.scalars(_select(view).where(view.model.id.in_(missing))).all()
            names.load_for(db.session, objects, _paths(view))
            hits |= {(entity, obj.id): _hit(view, obj) for obj in objects}
    return [hits[key] for key in keys if key in hits]


def _words(text: str) -> bool:
    return any(len(word) >= SHORTEST for word in search_key(text).split()) or text.isdecimal()


def _views(*, searched: bool = True) -> list[Any]:
    """The views one may open: people first, a full view before a brief one of the same records."""
    actor = actor_of(db.session)
    mine = [view for view in BY_ROUTE.values() if view.found and actor.may(Action.VIEW, view.resource)]
    return sorted((view for view in mine if view.model.__search__ or not searched), key=_rank)


def _rank(view: Any) -> tuple[bool, bool, bool]:
    return view.brief, view.found_last, not getattr(view.model, "__search_index__", False)


def _keys(views: list[Any], text: str) -> dict[Any, list[int]]:
    """View → the keys of what it finds, one more than is shown. One statement for every kind.

    Each part has the scope of its view; the guard at the session narrows each of them besides.
    """
    parts = [_part(number, view, text) for number, view in enumerate(views)]
    keys: dict[Any, list[int]] = defaultdict(list)
    for number, key in db.session.execute(union_all(*parts)) if parts else ():
        keys[views[number]].append(key)
    return keys


def _part(number: int, view: Any, text: str) -> Any:
    wanted = select(literal(number).label("view"), view.model.id.label("key"))
    wanted = wanted.where(_scope(view), *quick_matches(view, text)).order_by(*_order(view)).limit(HITS + 1)
    first = wanted.subquery()  # the order and the limit are each part's own
    return select(first.c.view, first.c.key)


def _of_kind(view: Any, keys: list[int], text: str, seen: set[personal.Key]) -> Group:
    statement = _select(view).where(view.model.id.in_(keys)).order_by(*_order(view)).limit(HITS)
    objects = db.session.scalars(statement).all()
    names.load_for(db.session, objects, _paths(view))
    fresh = [obj for obj in objects if (view.model.__tablename__, obj.id) not in seen]
    seen |= {(view.model.__tablename__, obj.id) for obj in fresh}
    more = view.url("list", q=text) if len(keys) > HITS else None
    reasons = view.why_found(fresh, text)
    hits = [_hit(view, obj, _number(view, obj, text) or reasons.get(obj.id, "")) for obj in fresh]
    return {"title": view.title_many, "hits": hits, "more_url": more}


def _order(view: Any) -> list[Any]:
    return [*(ordering(view.model, name) for name in view.default_order), view.model.id]


def _scope(view: Any) -> Any:
    return condition(view.model, actor_of(db.session), Action.VIEW, (view.resource,))


def _number(view: Any, obj: Any, text: str) -> str:
    """The record's own number that was typed."""
    typed = () if view.search_only else numbers.split(text)[1]
    masks = view.model.numbers().items() if typed else ()
    found = (name for name, mask in masks if any(numbers.holds(mask, getattr(obj, name), each) for each in typed))
    name = next(found, None)
    return f"{small(label_of(view.model, name))}: {getattr(obj, name)}" if name is not None else ""


def _select(view: Any) -> Any:
    return select(view.model).where(_scope(view)).options(*eager(view.model, _paths(view)))


def _hit(view: Any, obj: Any, why: str = "") -> dict[str, Any]:
    values = [cells.value_of(obj, path) for path in _paths(view)]
    parts = [cells.plain(value) for value in values if value is not cells.WITHHELD]
    return {
        "text": str(obj),
        "hint": ", ".join(part for part in parts if part and part not in why),
        "why": why,
        "url": view.url("show", pk=obj.id),
        "icon": _icon(view),
        "kind": view.model.__titles__[0],
    }


def _paths(view: Any) -> list[str]:
    """What tells a record from its namesakes: the next two columns of the list and the school, where there are more."""
    several = actor_of(db.session).default_school_id is None
    columns = [name for name in view.list_columns[1:] if name != "school"][:2]
    return [*columns, *(["school"] if several and "school" in view.list_columns else [])]


def _menu(text: str) -> Group:
    actor = actor_of(db.session)
    readings = [search_key(each).split() for each in (text, in_other_layout(text)) if each]
    items = [item for _, group in entries() for item in group if item.shown_to(actor)]
    chosen = [item for item in items if any(_has_all(item.title, words) for words in readings)]
    hits = [_entry(item) for item in chosen]
    return {"title": "Разделы", "hits": hits[:HITS], "more_url": None}


def _has_all(title: str, words: list[str]) -> bool:
    return all(word in search_key(title) for word in words)


def _entry(item: Item) -> dict[str, Any]:
    return {
        "text": item.title,
        "hint": "",
        "why": "",
        "url": url_for(item.endpoint),
        "icon": item.menu.icon,
        "kind": "Раздел",
    }


def _icon(view: Any) -> str:
    """The icon that the menu gives the view's list."""
    return view.menu.icon if view.menu is not None else ICON
