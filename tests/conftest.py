"""Every test that asks for `app` runs on SQLite and on PostgreSQL, on a migrated database restored before it."""

import gc
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
from app.security.manager import sync_roles
from tests.support import world as worlds
from tests.support.clients import IsolatedClient, signed_in
from tests.support.databases import BACKENDS, PostgresDatabase, SqliteDatabase, start_postgres
from tests.support.world import World

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

# Hundreds of megabytes live as long as the run; looking through them again and again costs a tenth of its time.
gc.set_threshold(50_000, 50, 1000)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a test of the browser or of a served panel mostly waits for another process."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One PostgreSQL server for each worker process, and for each of two runs at the same time."""
    server, url = start_postgres(Path(tempfile.gettempdir()) / f"sgo-test-pg-{os.getpid()}")
    yield url
    server.cleanup()


class Site:
    """An application on one backend with the small world in it."""

    def __init__(self, database: Any, folder: Path) -> None:
        self.database = database
        self.app = create_app(
            TESTING=True,
            SECRET_KEY="only for tests, and for nothing else",
            SQLALCHEMY_DATABASE_URI=database.url,
            WTF_CSRF_ENABLED=False,
            SGO_DEMO=False,
            SGO_JOBS=str(folder / "jobs"),
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
            event.listen(db.engine, "commit", self._note_commit)
        database.keep()
        self.touched = False

    def _note_commit(self, connection: Any) -> None:
        self.touched = True

    def _migrate(self) -> None:
        from flask_migrate import upgrade

        upgrade()

    def restore(self) -> None:
        """Back to the template. What only read needs none: on PostgreSQL that is a quarter of a second."""
        if self.touched:
            self.close()
            self.database.restore()
            self.touched = False

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    made: dict[str, Site] = {}
    yield made
    for site in made.values():
        site.close()


def _site_on(backend: str, request: pytest.FixtureRequest, sites: dict[str, Site]) -> Site:
    if backend not in sites:
        tmp_path_factory = request.getfixturevalue("tmp_path_factory")
        folder = tmp_path_factory.mktemp(backend)
        url = request.getfixturevalue("postgres") if backend == "postgresql" else ""
        database = PostgresDatabase(url, f"panel_{WORKER}") if url else SqliteDatabase(folder)
        sites[backend] = Site(database, folder)
    sites[backend].restore()
    return sites[backend]


@pytest.fixture(params=BACKENDS)
def site(request: pytest.FixtureRequest, sites: dict[str, Site]) -> Site:
    return _site_on(request.param, request, sites)


@pytest.fixture(scope="module", params=BACKENDS)
def read_only_site(request: pytest.FixtureRequest, sites: dict[str, Site]) -> Site:
    """One site for a whole module whose tests ask and change nothing: restored before the first of them alone."""
    return _site_on(request.param, request, sites)


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
        return signed_in(app, world, login)

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
