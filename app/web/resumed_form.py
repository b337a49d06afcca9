"""A form sent after the session ended comes back, filled, after signing in (docs/adr/0013).

What was typed travels in the page alone, encrypted: never in an address, a cookie, the log or the database, and a saved
page tells nobody anything. Coming back saves nothing: the view shows the form and the person sends it again.
"""

import json
import zlib
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, current_app, g, request
from flask_login import current_user
from itsdangerous import BadData, URLSafeSerializer

from app.services.engine import sealing

FIELD = "kept"
"""The hidden field of the login page that carries a form through it."""
OWNER = "owner"
"""The hidden field of a form that tells whose page it was on."""
RESUME = "resume"
AFTER_FAULT, AFTER_ERROR = "fault", "error"
"""The value of it that the page of an outage, or of an error of the panel, sends (app/web/errors.py)."""
AFTER = {AFTER_FAULT: "База данных не ответила, ничего не сохранено", AFTER_ERROR: "Произошла ошибка панели"}
OWN = frozenset({"csrf_token", OWNER, RESUME, FIELD})
LONGEST = 24 * 60 * 60
"""Seconds from the end of the session to signing in."""
LARGEST = 500 * 1024
"""Characters of the compressed and encrypted form: more than an order of a whole school."""


@dataclass(frozen=True)
class Kept:
    target: str
    owner: int
    values: list[tuple[str, str]]


def install(app: Flask) -> None:
    """After the views: each declares which of its forms come back."""
    app.extensions[FIELD] = frozenset(
        f"{view.endpoint}.{name}" for view in app.appbuilder.baseviews for name in getattr(view, "resumable", ())
    )
    app.context_processor(lambda: {"owner_mark": owner_mark, "resumed": asked, "resumed_after": after})


def owner_mark() -> str:
    """For the hidden field of a form: the account that it was shown to."""
    return _marks().dumps(current_user.id) if current_user.is_authenticated else ""


def marked_owner() -> int | None:
    """Whose page this form was on; None where there is no true mark."""
    try:
        return int(_marks().loads(request.form.get(OWNER, "")))
    except (BadData, TypeError, ValueError):
        return None


def can_come_back() -> bool:
    """A whole page's form of a view that declares it; what a script sends is told to the script."""
    by_script = is_by_script() or "in_place" in request.args
    return request.method == "POST" and request.endpoint in current_app.extensions[FIELD] and not by_script


def is_by_script() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def is_own_form() -> bool:
    """Sent by the one to whom it was shown."""
    return can_come_back() and current_user.is_authenticated and marked_owner() == current_user.id


def resume() -> None:
    """From here on this request shows its form and saves nothing."""
    g.resumed = True


def asked() -> bool:
    """Whether the form is to be shown with what was typed, and nothing saved."""
    return g.get("resumed", False) or (request.method == "POST" and RESUME in request.form)


def after() -> str:
    """What happened to the form that comes back, as its page says it."""
    return AFTER.get(request.form.get(RESUME, ""), "Сеанс закончился")


def packed() -> str:
    """This request's form for the login page; empty where it is too large for a page to carry."""
    values = [pair for pair in request.form.items(multi=True) if pair[0] not in OWN and "password" not in pair[0]]
    form = json.dumps([request.full_path.rstrip("?"), marked_owner(), values], ensure_ascii=False)
    text = _forms().encrypt(zlib.compress(form.encode()))
    return text.decode("ascii") if len(text) <= LARGEST else ""


def unpacked() -> Kept | None:
    """The form that this request of the login page carries; None where it is spoilt, too old, or there is none."""
    try:
        form = _forms().decrypt(request.form.get(FIELD, "").encode(), ttl=LONGEST)
    except InvalidToken:
        return None
    target, owner, values = json.loads(zlib.decompress(form))
    return Kept(target, owner, [(name, value) for name, value in values])


def is_carried(sign_in: str) -> bool:
    """A login page that has a form to give back: its own check of the token says what is wrong and loses nothing."""
    return request.endpoint == sign_in and unpacked() is not None


def _marks() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt="panel: whose form")


def _forms() -> Fernet:
    return sealing.box("kept form")
