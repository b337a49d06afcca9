"""Saved lists: search, filters, columns and order under a name, each person's own."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import abort, flash, redirect, render_template, request
from flask_appbuilder import expose

from app.extensions import db
from app.panel.page import Page
from app.panel.registry import BY_ROUTE
from app.regulation.rights import Action
from app.security.guard import actor_of
from app.services.engine import saved_lists
from app.services.engine.errors import Refused
from app.web import arguments
from app.web.open_to import OpenTo


class SavedListView(Page):
    """The menu «Отборы» of a list: a fragment for the page that asks, a page of its own without scripts."""

    open_to = OpenTo.SIGNED_IN
    route_base = "/saved"
    default_view = "index"
    guide, clause = "panel#списки", "1.6"

    @expose("/<route>/")
    def index(self, route: str) -> str:
        view, query = _view(route), _query(request.args)[: saved_lists.LONGEST_QUERY]
        base = view.url("list")
        saved = [
            {
                "id": each.id,
                "name": each.name,
                "url": f"{base}?{each.query}" if each.query else base,
                "current": each.query == query,
            }
            for each in saved_lists.of(db.session, route)
        ]
        return render_template(
            "pages/saved.html", title=view.title_many, base=base, route=route, saved=saved, query=query
        )

    @expose("/<route>/save", methods=["POST"])
    def save(self, route: str) -> Any:
        view, query = _view(route), _query(request.form)
        try:
            saved = saved_lists.save(db.session, route, request.form.get("name", ""), query)
        except Refused as error:
            flash(str(error), "warning")
        else:
            flash(f"Отбор «{saved.name}» сохранён. Он в меню «Отборы» этого списка.", "success")
        return _back(view, query)

    @expose("/<route>/drop/<pk>", methods=["POST"])
    def drop(self, route: str, pk: str) -> Any:
        view = _view(route)
        saved = saved_lists.drop(db.session, arguments.key(pk)) or abort(404)
        flash(f"Отбор «{saved.name}» удалён.", "success")
        return _back(view, _query(request.form))


def _view(route: str) -> Any:
    """The view of a section within the actor's rights; an unknown one is 404."""
    found = BY_ROUTE.get(route)
    if found is None or not actor_of(db.session).may(Action.VIEW, found.resource):
        abort(404)
    return found


def _query(given: Any) -> str:
    """The conditions as an address may carry them, whatever was sent."""
    return urlencode(parse_qsl(given.get("query", "")))


def _back(view: Any, query: str) -> Any:
    base = view.url("list")
    return redirect(f"{base}?{query}" if query else base)
