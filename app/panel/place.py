"""Where a job stands that does a page's work: at the page's address, as its owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app

from app.extensions import db
from app.panel.registry import BY_ROUTE
from app.security.actor import Actor
from app.security.guard import acting


@contextmanager
def standing_at(path: str, actor: Actor) -> Iterator[None]:
    """A view may make addresses and read its arguments: the block runs as at this address, in a session of its own."""
    host = (current_app.config["TRUSTED_HOSTS"] or ["localhost"])[0].lstrip(".")
    with current_app.test_request_context(path, base_url=f"http://{host}"), acting(db.session, actor):
        yield


def served_view(route: str) -> Any:
    """The view as it is served at a route."""
    declared = BY_ROUTE[route]
    return next(each for each in current_app.extensions["appbuilder"].baseviews if type(each) is declared)
