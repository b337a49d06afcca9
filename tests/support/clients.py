"""Clients of the application: requests as a server's, and an account already signed in."""

import contextvars
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.security.manager import begun_session
from tests.support.world import World


class IsolatedClient(FlaskClient):
    """Requests in a context of their own, as a server's are: a test's open session is not theirs, nor is its actor."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("buffered", True)  # what is streamed is made in the request's context
        return contextvars.Context().run(super().open, *args, **kwargs)


def signed_in(app: Flask, world: World, login: str) -> FlaskClient:
    """A client of that account, as after signing in."""
    client = app.test_client()
    with client.session_transaction() as state:
        state["_user_id"], state["_fresh"] = str(world.account(login)), True
        state.update(begun_session(f"key-{login}"))
    return client
