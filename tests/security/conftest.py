"""The session as an account has it: what every page and every command goes through."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from app.extensions import db
from app.models.accounts import Account
from app.security.access import actor_for
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.support.world import TODAY


@pytest.fixture
def as_account(app: Any, world: Any) -> Any:
    """`with as_account("secretary.65001") as session:` – nothing that the system has loaded is in it."""

    @contextmanager
    def run(login: str, today: date = TODAY) -> Iterator[Any]:
        with app.app_context():
            with acting(db.session, SYSTEM):
                actor = actor_for(db.session, db.session.get(Account, world.account(login)), today)
            db.session.expunge_all()
            with acting(db.session, actor):
                yield db.session
            db.session.rollback()

    return run
