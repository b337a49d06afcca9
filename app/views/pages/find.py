"""«Найти всё»: one box over every kind of record and the menu within one's rights; recent records and favourites."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask_appbuilder import expose
from sqlalchemy import select

from app.extensions import db
from app.models.names import search_key
from app.panel import cells
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
"""{"title", "hits": [{"text", "hint", "url", "icon", "kind"}], "more_url"}"""


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
    """Menu entries and at most HITS records of each kind; one query a kind."""
    if not _words(text):
        return []
    seen: set[personal.Key] = set()
    groups = [_menu(text), *(_of_kind(view, text, seen) for view in _views())]
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
    return sorted((view for view in mine if view.searchable or not searched), key=_rank)


def _rank(view: Any) -> tuple[bool, bool]:
    return view.brief, not getattr(view.model, "__search_index__", False)


def _of_kind(view: Any, text: str, seen: set[personal.Key]) -> Group:
    order = [ordering(view.model, name) for name in view.default_order]
    statement = _select(view).where(*quick_matches(view, text))
    objects = db.session.scalars(statement.order_by(*order, view.model.id).limit(HITS + 1)).all()
    names.load_for(db.session, objects, _paths(view))
    fresh = [obj for obj in objects[:HITS] if (view.model.__tablename__, obj.id) not in seen]
    seen |= {(view.model.__tablename__, obj.id) for obj in fresh}
    more = view.url("list", q=text) if len(objects) > HITS else None
    return {"title": view.title_many, "hits": [_hit(view, obj) for obj in fresh], "more_url": more}


def _select(view: Any) -> Any:
    scope = condition(view.model, actor_of(db.session), Action.VIEW, (view.resource,))
    return select(view.model).where(scope).options(*eager(view.model, _paths(view)))


def _hit(view: Any, obj: Any) -> dict[str, Any]:
    values = [cells.value_of(obj, path) for path in _paths(view)]
    parts = [cells.plain(value) for value in values if value is not cells.WITHHELD]
    return {
        "text": str(obj),
        "hint": ", ".join(part for part in parts if part),
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
    words, actor = search_key(text).split(), actor_of(db.session)
    items = [item for _, group in entries() for item in group if item.shown_to(actor)]
    chosen = [item for item in items if all(word in search_key(item.title) for word in words)]
    hits = [_entry(item) for item in chosen]
    return {"title": "Разделы", "hits": hits[:HITS], "more_url": None}


def _entry(item: Item) -> dict[str, Any]:
    return {"text": item.title, "hint": "", "url": url_for(item.endpoint), "icon": item.menu.icon, "kind": "Раздел"}


def _icon(view: Any) -> str:
    """The icon that the menu gives the view's list."""
    return view.menu.icon if view.menu is not None else ICON
