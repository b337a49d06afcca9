"""The gate of every request: who acts, and is the route on the access list. A route on no list stops the start."""

import secrets
from typing import Any

from flask import Flask, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import BadRequest

from app.extensions import db
from app.security.access import actor_for
from app.security.guard import set_actor
from app.security.permissions import Action, Resource
from app.views import static_files
from app.views.arguments import BadArgument
from app.views.context import today

PUBLIC = frozenset({"static", "AuthView.login", "health.healthz"})
"""Before signing in: the login page, its files and the health check (УПД.11)."""
SIGNED_IN = frozenset(
    {
        "AuthView.logout",
        "PasswordView.change",
        "HomeView.index",
        "FavouriteView.toggle",
        "FindView.index",
        "HelpView.chapter",
        "HelpView.index",
        "ProfileView.end_sessions",
        "ProfileView.index",
        "SavedListView.index",
        "SavedListView.save",
        "SavedListView.drop",
    }
)
"""For everybody who has signed in."""
NO_ACTOR = frozenset({"static", "health.healthz"})
WITH_INITIAL_PASSWORD = frozenset({"PasswordView.change", "AuthView.logout", "static", "health.healthz"})

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def access_list(app: Flask) -> dict[str, tuple[Resource, Action]]:
    """Endpoint → the right it needs, from the views' own declarations."""
    needed: dict[str, tuple[Resource, Action]] = {}
    for view in app.appbuilder.baseviews:
        for name in dir(type(view)):
            method = getattr(type(view), name)
            if hasattr(method, "_urls") and hasattr(method, "_permission_name"):
                action = (view.method_permission_name or {}).get(name)
                if action is not None:
                    needed[f"{view.endpoint}.{name}"] = (Resource(view.class_permission_name), Action(action))
    return needed


def unlisted(app: Flask) -> list[str]:
    """Routes that are on no list: there must be none."""
    listed = access_list(app).keys() | PUBLIC | SIGNED_IN
    return sorted({rule.endpoint for rule in app.url_map.iter_rules()} - listed)


def install(app: Flask) -> None:
    app.before_request(_enter)
    app.after_request(_headers)


def _enter() -> Any:
    g.csp_nonce = secrets.token_urlsafe(12)
    if isinstance(request.routing_exception, BadRequest):
        # A host that is not ours: no address of the panel can be made from it, so nothing may lead anywhere.
        raise request.routing_exception
    if request.endpoint in NO_ACTOR:
        return None
    _refuse_nul()
    if not current_user.is_authenticated:
        if request.endpoint in PUBLIC:
            return None
        return redirect(
            url_for("AuthView.login", next=request.full_path.rstrip("?") if request.method == "GET" else None)
        )
    actor = actor_for(db.session, current_user._get_current_object(), today(), request.remote_addr)
    set_actor(db.session, actor)
    if actor.must_change_password and request.endpoint not in WITH_INITIAL_PASSWORD:
        return redirect(url_for("PasswordView.change"))
    return None


def _refuse_nul() -> None:
    """PostgreSQL stores no NUL character in a text, SQLite does: nobody types one, so nothing is asked of either."""
    for given in (request.args, request.form):
        if any("\x00" in value for values in given.listvalues() for value in values):
            raise BadArgument("В запросе есть недопустимый знак. Наберите значение заново.")


def _headers(response: Any) -> Any:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY.format(nonce=g.get("csp_nonce", "")))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    if request.endpoint == "static":
        if static_files.is_for_ever(response):
            headers["Cache-Control"] = static_files.FOR_EVER
    else:
        headers["Cache-Control"] = "no-store"
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
