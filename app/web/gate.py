"""The gate of every request: who acts, and is the route on the access list. A route on no list stops the start."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadRequest

from app.clock import today
from app.extensions import csrf, db
from app.regulation.rights import Action, Resource
from app.security.access import actor_for
from app.security.actor import Actor
from app.security.guard import set_actor
from app.security.manager import OWES_SECOND_FACTOR, mark_of_session
from app.services.accounts import own_sessions
from app.web import addresses, errors, resumed_form, static_files
from app.web.arguments import BadArgument
from app.web.open_to import OpenTo

FIELD_OF_FILES = "file"
"""The one name under which a file may be sent."""
NO_ACTOR = frozenset({"static", "health.healthz", "health.readyz"})
"""What the plumbing itself serves: files and the health check know nobody (УПД.11)."""
BEFORE_PASSWORD = (OpenTo.EVERYBODY, OpenTo.NEWCOMERS)
BEFORE_FACTOR = (*BEFORE_PASSWORD, OpenTo.WITHOUT_FACTOR)
DOOR, OPEN, NEEDED, LONG = "door", "open_list", "access_list", "long_forms"


@dataclass(frozen=True)
class Door:
    """What the gate shows of the pages: the assembly hands it over, the gate knows no page by name."""

    sign_in: str
    """The endpoint of the login page."""
    second_step: str
    """The endpoint where the second factor is asked for, after the password."""
    first_password: str
    """The endpoint where an initial password is changed."""
    first_factor: str
    """The endpoint where a second factor is begun by whoever needs one."""
    session_ended: Callable[[], Any]
    """The answer to a form that was sent too late: the page that signs in and gives it back."""


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


def open_list(app: Flask) -> dict[str, OpenTo]:
    """Endpoint → whom it is open to without a right, from the pages' own declarations (`open_to`)."""
    found = dict.fromkeys(NO_ACTOR, OpenTo.EVERYBODY)
    for view in app.appbuilder.baseviews:
        declared = getattr(view, "open_to", None)
        for name in dir(type(view)):
            to = declared if isinstance(declared, OpenTo) else (declared or {}).get(name)
            if to is not None and hasattr(getattr(type(view), name), "_urls"):
                found[f"{view.endpoint}.{name}"] = to
    return found


def unlisted(app: Flask) -> list[str]:
    """Routes that are on no list: there must be none."""
    listed = access_list(app).keys() | open_list(app).keys()
    return sorted({rule.endpoint for rule in app.url_map.iter_rules()} - listed)


def install(app: Flask, door: Door) -> None:
    app.extensions[DOOR] = door
    app.extensions[OPEN] = open_list(app)
    app.extensions[NEEDED], app.extensions[LONG] = access_list(app), long_forms(app)
    # The gate asks for the token itself: after who acts, so that a form of a session that ended is not simply lost.
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    resumed_form.install(app)
    app.before_request(_enter)
    app.after_request(_headers)


def _enter() -> Any:
    g.csp_nonce = secrets.token_urlsafe(12)
    if isinstance(request.routing_exception, BadRequest):
        # A host that is not ours: no address of the panel can be made from it, so nothing may lead anywhere.
        raise request.routing_exception
    if request.endpoint in NO_ACTOR:
        return None
    if not current_user.is_authenticated:
        _refuse_nul()
        _refuse_stray_files()
        return _at_the_door()
    actor = actor_for(db.session, current_user._get_current_object(), today(), request.remote_addr)
    set_actor(db.session, actor)
    _note_seen()
    _let_a_long_form_in(actor)
    _refuse_nul()
    _refuse_stray_files()
    if first := _first(actor):
        return redirect(url_for(first))
    _check_token()
    if resumed_form.asked() and not resumed_form.can_come_back():
        raise BadArgument("Эту форму нельзя открыть заново. Ничего не сохранено.")
    return None


def _note_seen() -> None:
    """That a session is used is worth no page: where the database cannot take it, it is noted another time."""
    try:
        own_sessions.note_seen(db.session, mark_of_session(), g.get("session_seen_at"))
    except OperationalError as error:
        errors.note_outage(error)


def _first(actor: Actor) -> str | None:
    """What whoever has signed in does before this."""
    if actor.must_change_password:
        return None if _open_to() in BEFORE_PASSWORD else _door().first_password
    if session.get(OWES_SECOND_FACTOR):
        return None if _open_to() in BEFORE_FACTOR else _door().first_factor
    return None


def _door() -> Door:
    return current_app.extensions[DOOR]


def _open_to() -> OpenTo | None:
    return current_app.extensions[OPEN].get(request.endpoint)


def _at_the_door() -> Any:
    """Nobody has signed in: the login page, with what was typed where a form can come back."""
    if _open_to() is OpenTo.EVERYBODY:
        _check_token()
        return None
    if request.method == "POST" and resumed_form.is_by_script():
        return {"error": errors.WORDS[401][1]}, 401
    if resumed_form.can_come_back() and resumed_form.marked_owner() is not None:
        return _door().session_ended()
    return redirect(url_for(_door().sign_in, next=_wanted()))


def _wanted() -> str | None:
    """The page to show after signing in: this one, or the one of ours that the button was on."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return addresses.page_before()


def _check_token() -> None:
    """A form of another session is refused; one's own comes back filled, to be sent again (resumed_form.py)."""
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return
    try:
        csrf.protect(apply_exemptions=True)
    except CSRFError:
        if resumed_form.is_own_form():
            resumed_form.resume()
        elif not any(map(resumed_form.is_carried, (_door().sign_in, _door().second_step))):
            raise


def _let_a_long_form_in(actor: Actor) -> None:
    """A form of many rows may be as large as a request, for who may save it; nothing of it has been read yet."""
    fields = current_app.extensions[LONG].get(request.endpoint)
    if fields is None:
        return
    resource, action = current_app.extensions[NEEDED][request.endpoint]
    if actor.may(action, resource):
        request.max_form_parts = max(fields, current_app.config["MAX_FORM_PARTS"])
        request.max_form_memory_size = request.max_content_length


def long_forms(app: Flask) -> dict[str, int]:
    """Endpoint → how many fields its form may have, from the views' own declarations (`long_forms`)."""
    declared = {view.endpoint: getattr(view, "long_forms", {}) for view in app.appbuilder.baseviews}
    return {f"{endpoint}.{name}": fields for endpoint, forms in declared.items() for name, fields in forms.items()}


def _refuse_nul() -> None:
    """PostgreSQL stores no NUL character in a text, SQLite does: nobody types one, so nothing is asked of either."""
    for given in (request.args, request.form):
        if any("\x00" in value for values in given.listvalues() for value in values):
            raise BadArgument("В запросе есть недопустимый знак. Наберите значение заново.")


def _refuse_stray_files() -> None:
    """A form's fields are read together with its files: one sent in place of a text would be taken for that text."""
    if request.files.keys() - {FIELD_OF_FILES}:
        raise BadArgument("Вместо значения поля прислан файл. Наберите значение заново.")


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
