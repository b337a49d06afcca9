"""The cookie of a session: a page sends it anew, and so lives for an hour more; what its script asks for does not."""

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class OfPages(SecureCookieSessionInterface):
    """An answer to a script that comes late holds the session as it was before: sent then, its cookie would take away
    what saving has just told («Изменения сохранены»)."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        return session.modified or (not _is_asked_beside_a_page() and super().should_set_cookie(app, session))


def _is_asked_beside_a_page() -> bool:
    """A reading by `fetch`, as browsers say of it; htmx brings pages."""
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return request.method == "GET" and mode != "navigate" and "HX-Request" not in request.headers
