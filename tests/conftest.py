"""Every test that asks for `app` runs on SQLite and on PostgreSQL, on a migrated database restored before it."""

import contextvars
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.security import generate_password_hash

from app import create_app
from app.extensions import db
from app.security.actor import SYSTEM
from app.security.guard import acting
from app.security.manager import SESSION_KEY, sync_roles
from tests.support import world as worlds
from tests.support.databases import BACKENDS, PostgresDatabase, SqliteDatabase, start_postgres
from tests.support.world import World

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One PostgreSQL server for each worker process."""
    server, url = start_postgres(Path(tempfile.gettempdir()) / f"sgo-test-pg-{os.getuid()}-{WORKER}")
    yield url
    server.cleanup()


class IsolatedClient(FlaskClient):
    """Requests in a context of their own, as a server's are: a test's open session is not theirs, nor is its actor."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return contextvars.Context().run(super().open, *args, **kwargs)


class Site:
    """An application on one backend with the small world in it."""

    def __init__(self, database: Any, folder: Path) -> None:
        self.database = database
        self.app = create_app(
            TESTING=True,
            SECRET_KEY="only for tests",
            SQLALCHEMY_DATABASE_URI=database.url,
            WTF_CSRF_ENABLED=False,
            RATELIMIT_ENABLED=False,
            AUTH_RATE_LIMITED=False,
            SGO_DEMO=False,
            FAB_PASSWORD_HASH_METHOD=worlds.CHEAP_METHOD,
            AUTH_DB_FAKE_PASSWORD_HASH_CHECK=generate_password_hash("x", worlds.CHEAP_METHOD),
            PROPAGATE_EXCEPTIONS=False,
        )
        self.app.test_client_class = IsolatedClient
        with self.app.app_context():
            self._migrate()
            with acting(db.session, SYSTEM):
                sync_roles()
                db.session.commit()
                self.world = worlds.build(db.session, generate_password_hash(worlds.PASSWORD, worlds.CHEAP_METHOD))
                db.session.commit()
            db.session.remove()
            db.engine.dispose()
        database.keep()

    def _migrate(self) -> None:
        from flask_migrate import upgrade

        upgrade()

    def restore(self) -> None:
        self.close()
        self.database.restore()

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    made: dict[str, Site] = {}
    yield made
    for site in made.values():
        site.close()


@pytest.fixture(params=BACKENDS)
def site(request: pytest.FixtureRequest, sites: dict[str, Site], tmp_path_factory: pytest.TempPathFactory) -> Site:
    backend = request.param
    if backend not in sites:
        folder = tmp_path_factory.mktemp(backend)
        url = request.getfixturevalue("postgres") if backend == "postgresql" else ""
        database = PostgresDatabase(url, f"panel_{WORKER}") if url else SqliteDatabase(folder)
        sites[backend] = Site(database, folder)
    sites[backend].restore()
    return sites[backend]


@pytest.fixture
def app(site: Site) -> Flask:
    return site.app


@pytest.fixture
def world(site: Site) -> World:
    return site.world


@pytest.fixture
def session(app: Flask) -> Iterator[Any]:
    """The session as the system, for arranging and for looking at what was stored."""
    with app.app_context(), acting(db.session, SYSTEM):
        yield db.session
        db.session.rollback()


@pytest.fixture
def sign_in(app: Flask, world: World) -> Any:
    """`sign_in("secretary.65001")` gives a client of that account; sign in again after travelling in time."""

    def run(login: str) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as state:
            state["_user_id"], state["_fresh"] = str(world.account(login)), True
            state[SESSION_KEY] = f"key-{login}"
        return client

    return run


@pytest.fixture
def count_queries(app: Flask) -> Iterator[list[str]]:
    """Every statement sent to the database while the test runs; clear it before the part to count."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
