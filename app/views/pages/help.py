"""Help inside the panel: the chapters of the guide and the regulation, for everybody who has signed in."""

from flask import abort, render_template, url_for
from flask_appbuilder import expose

from app.extensions import db
from app.panel.page import Page
from app.security.guard import actor_of
from app.services.engine import guide
from app.web.open_to import OpenTo


class HelpView(Page):
    open_to = OpenTo.SIGNED_IN
    route_base = "/help"
    default_view = "index"
    guide = "panel#справка"
    clause = "1.2"

    @expose("/")
    def index(self) -> str:
        return _page(guide.START)

    @expose("/<chapter>")
    def chapter(self, chapter: str) -> str:
        return _page(chapter)


def _page(name: str) -> str:
    roles = actor_of(db.session).roles
    found = guide.chapter_for(name, roles) or abort(404)
    return render_template(
        "pages/help.html",
        chapter=found,
        contents=guide.contents(roles),
        own=guide.own_chapters(roles),
        url_of=url_of,
    )


def url_of(place: str) -> str:
    """The address of `chapter` or `chapter#anchor`."""
    name, _, anchor = place.partition("#")
    if name == guide.START:
        return url_for("HelpView.index", _anchor=anchor or None)
    return url_for("HelpView.chapter", chapter=name, _anchor=anchor or None)
