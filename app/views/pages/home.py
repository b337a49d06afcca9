"""The start page: what this person comes for, by role."""

from typing import Any

from flask import render_template, url_for
from flask_appbuilder import expose

from app.extensions import db
from app.panel.menu import Menu
from app.panel.page import Page
from app.regulation.rights import Action, Resource
from app.russian import format_percent, plural
from app.security.actor import Actor
from app.security.guard import actor_of
from app.services.monitoring import compliance as monitoring
from app.services.monitoring import correction_lists
from app.services.monitoring.correction_lists import Counted
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
        home = {
            "title": f"Здравствуйте, {' '.join(actor.name.split()[1:]) or actor.name}",
            "lead": lead or "У вас пока нет роли. Роль даёт приказ о назначении; обратитесь к администратору школы.",
            "tiles": [*_corrections(actor), *_tiles(actor)],
            "links": _links(actor),
            "at_hand": at_hand(),
        }
        return render_template("pages/home.html", home=home)


def _corrections(actor: Actor) -> list[dict[str, Any]]:
    """What waits for one's own decision, and the answers to what one has asked for; nothing where there is none."""
    shown = (
        (Counted.MINE, Action.APPROVE, "checks", "orange", "исправления: подтвердить или отказать"),
        (Counted.ANSWERED, Action.EDIT, "message", "green", "за последние две недели"),
    )
    return [
        {
            "title": counted.title_ru.capitalize(),
            "value": number,
            "hint": hint,
            "url": url_for("CorrectionView.list", counted=counted.value),
            "icon": icon,
            "color": color,
        }
        for counted, action, icon, color, hint in shown
        if actor.may(action, Resource.CORRECTIONS) and (number := correction_lists.number_of(db.session, counted))
    ]


def _tiles(actor: Actor) -> list[dict[str, Any]]:
    """The numbers of one's own schools, for those who answer for terms."""
    if not actor.may(Action.VIEW, Resource.COMPLIANCE):
        return []
    try:
        counts = monitoring.totals_for(db.session, actor, actor.today)
    except LookupError:
        return []
    overdue = counts.overdue
    url = url_for("ComplianceView.index")
    return [
        {
            "title": "Внесено в срок",
            "value": format_percent(counts.share),
            "url": url,
            "icon": "circle-check",
            "color": "green",
        },
        {
            "title": "Просрочено",
            "value": overdue,
            "hint": plural(overdue, "обязанность ждёт", "обязанности ждут", "обязанностей ждут") + " внесения",
            "url": url,
            "icon": "alert-circle",
            "color": "red" if overdue else "green",
        },
        {"title": "Внесено с опозданием", "value": counts.late, "url": url, "icon": "clock", "color": "orange"},
        {"title": "Ожидается", "value": counts.pending, "url": url, "icon": "calendar"},
    ]


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
