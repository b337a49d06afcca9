"""The start page: what this person comes for, by role."""

from typing import Any

from flask import render_template, url_for
from flask_appbuilder import expose

from app.extensions import db
from app.panel.menu import Menu
from app.panel.page import Page
from app.panel.start import start_of
from app.regulation.rights import Action
from app.security.actor import Actor
from app.security.guard import actor_of
from app.views.pages.find import at_hand
from app.views.pages.menu import Item, entries
from app.web.open_to import OpenTo


class HomeView(Page):
    is_index = True
    open_to = OpenTo.SIGNED_IN
    route_base = ""
    menu = Menu("Работа", order=0, icon="home", title="Главная")
    default_view = "index"
    guide, clause = "index#на-каждой-странице", "1.6"

    @expose("/")
    def index(self) -> str:
        actor = actor_of(db.session)
        lead = ", ".join(dict.fromkeys(f"{held.title} – {held.organisation}" for held in actor.holdings))
        start = start_of(actor)
        home = {
            "title": f"Здравствуйте, {' '.join(actor.name.split()[1:]) or actor.name}",
            "lead": lead or "У вас пока нет роли. Роль даёт приказ о назначении; обратитесь к администратору школы.",
            "tiles": start.tiles,
            "blocks": start.blocks,
            "cards": start.cards,
            "links": [] if start.blocks or start.cards else _links(actor),
            "at_hand": at_hand(),
        }
        return render_template("pages/home.html", home=home)


def _links(actor: Actor) -> list[dict[str, Any]]:
    items = [item for _, group in entries() for item in group if item.shown_to(actor)]
    others = [item for item in items if item.endpoint != "HomeView.index"]
    first = sorted(others, key=lambda item: not item.menu.hint)
    return [
        {"title": item.title, "url": url_for(item.endpoint), "icon": item.menu.icon, "hint": _hint(item, actor)}
        for item in first[:8]
    ]


def _hint(item: Item, actor: Actor) -> str:
    reads_only = item.resource is not None and not actor.may(Action.EDIT, item.resource)
    return (item.menu.reader_hint if reads_only else "") or item.menu.hint
