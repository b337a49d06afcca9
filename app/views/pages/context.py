"""What every template has: who I am, the menu, the date, hashed static files, Russian formats."""

from datetime import date
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_wtf.csrf import generate_csrf

from app import clock
from app.extensions import db
from app.models.engine.jobs import ACTIVE, JobState
from app.panel import cells
from app.russian import format_date, format_number, format_percent, held_together, plural
from app.security.actor import SYSTEM, titles
from app.security.guard import actor_of
from app.security.manager import OWES_SECOND_FACTOR
from app.services.engine import guide, jobs
from app.views.accounts import viewers
from app.views.pages import clauses, find
from app.views.pages.help import url_of
from app.views.pages.menu import menu_for
from app.web.static_files import static_url


def install(app: Flask) -> None:
    app.context_processor(_globals)
    app.add_template_filter(lambda day: format_date(day) if day else cells.EMPTY, "ru_date")
    app.add_template_filter(lambda moment: cells.plain(moment) or cells.EMPTY, "ru_datetime")
    app.add_template_filter(lambda number: format_number(number), "ru_number")
    app.add_template_filter(format_percent, "ru_percent")
    app.add_template_filter(plural, "plural")
    app.jinja_env.finalize = _on_page


def _on_page(value: Any) -> Any:
    """Every text that a page writes; what is HTML already has been through it part by part."""
    return held_together(value) if type(value) is str and ("«" in value or "-" in value) else value


def _globals() -> dict[str, Any]:
    return {
        "panel": _Panel(),
        "csrf_token": generate_csrf,
        "csp_nonce": lambda: g.get("csp_nonce", ""),
        "static_url": static_url,
    }


class _Panel:
    """Read by templates, computed when asked: an error page needs no database."""

    @property
    def search_url(self) -> str | None:
        return url_for("FindView.index") if self._at_work else None

    search_examples = find.EXAMPLES

    @staticmethod
    def saved_url(route: str, query: str) -> str:
        """What one has saved of the list of a view."""
        return url_for("SavedListView.index", route=route, query=query)

    @staticmethod
    def viewers_url(card: dict[str, Any]) -> str | None:
        """Who sees a card: for whoever may know."""
        actor, table = actor_of(db.session), card.get("entity")
        if actor is None or not table or not viewers.is_told(actor):
            return None
        return url_for("ViewersView.index", table=table, pk=card["id"])

    @property
    def help_url(self) -> str | None:
        """The chapter of this page, or of one's own work where the page's is another role's; before the first change
        of the password there is none."""
        if not self._at_work:
            return None
        return url_of(guide.place_for(self._declared("guide") or guide.START, actor_of(db.session).roles))

    @property
    def clause(self) -> str | None:
        """The clause of the regulation that this page serves, of whoever reads it."""
        return clauses.of_page(self._declared("clause"), self._declared("resource")) if self._at_work else None

    @property
    def clause_url(self) -> str:
        return url_of(f"{guide.REGULATION}#{self.clause}")

    @property
    def profile_url(self) -> str | None:
        return url_for("ProfileView.index") if self._at_work else None

    @property
    def jobs_url(self) -> str | None:
        return url_for("JobsView.index") if self._at_work else None

    @property
    def jobs(self) -> dict[str, Any]:
        """One's jobs: how many wait, run or ended unseen, and what ended since the last page, told once."""
        if "jobs" not in g:
            g.jobs = _jobs() if self._at_work else {"number": 0, "news": []}
        return g.jobs

    @property
    def _at_work(self) -> bool:
        actor = actor_of(db.session)
        return actor is not None and not actor.must_change_password and not session.get(OWES_SECOND_FACTOR)

    @staticmethod
    def _declared(name: str) -> str | None:
        """What the view of this page says of itself."""
        wanted = (request.endpoint or "").partition(".")[0]
        views = current_app.appbuilder.baseviews
        return next((getattr(view, name, None) for view in views if view.endpoint == wanted), None)

    @property
    def app_name(self) -> str:
        return current_app.config["APP_NAME"]

    @property
    def demo(self) -> bool:
        return current_app.config["SGO_DEMO"]

    @property
    def shown_day(self) -> date | None:
        """The day that a demonstration shows in place of the real one."""
        return clock.shown_day()

    @property
    def as_of(self) -> date:
        return g.get("as_of") or (actor_of(db.session) or SYSTEM).today

    @property
    def forecast(self) -> bool:
        """The page tells of a day to come."""
        return bool(g.get("forecast"))

    @property
    def menu(self) -> list[dict[str, Any]]:
        return menu_for(actor_of(db.session)) if self._at_work else []

    @property
    def user(self) -> dict[str, Any] | None:
        actor = actor_of(db.session)
        if actor is None:
            return None
        organisations = list(dict.fromkeys(held.organisation for held in actor.holdings if held.organisation))
        return {
            "name": actor.name,
            "initials": "".join(part[:1] for part in actor.name.split()[:2]),
            "roles": titles(actor.holdings),
            "organisation": organisations[0] if len(organisations) == 1 else f"{len(organisations)} организации",
        }


def _jobs() -> dict[str, Any]:
    """Asked about only while this session may have some (signed in, asked for one, opened their page): no page of
    whoever has none costs a query."""
    if not session.get(jobs.MAY_HAVE):
        return {"number": 0, "news": []}
    found = jobs.unseen(db.session)
    if not found:
        session.pop(jobs.MAY_HAVE)
    ended = {key: (title, state) for key, title, state in found if state not in ACTIVE}
    told = session.get("jobs_told", [])
    fresh = sorted(ended.keys() - set(told))
    if fresh:
        session["jobs_told"] = sorted(ended)
    news = [{"title": ended[key][0], "done": ended[key][1] is JobState.DONE} for key in fresh]
    return {"number": len(found), "news": news if request.endpoint != "JobsView.index" else []}
