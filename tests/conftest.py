"""Every test that asks for `app` runs on SQLite and on PostgreSQL, on a migrated database restored before it."""

import gc
import os
import pickle
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
from app.security import hashing
from app.security.actor import SYSTEM
from app.security.guard import acting
from app.security.manager import sync_roles
from tests.support import world as worlds
from tests.support.clients import IsolatedClient, signed_in
from tests.support.databases import BACKENDS, PostgresDatabase, SqliteDatabase, alone, start_postgres
from tests.support.world import World

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

# Hundreds of megabytes live as long as the run; looking through them again and again costs a tenth of its time.
gc.set_threshold(50_000, 50, 1000)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a test of the browser or of a served panel mostly waits for another process."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What lasts longest begins first: begun last, it keeps one process busy while the others have nothing to do."""
    items.sort(key=lambda item: not (item.get_closest_marker("long") or item.get_closest_marker("browser")))


def pytest_collection_finish() -> None:
    """What is imported and collected lives as long as the run: no collector need look through it again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """At the end pytest collects five times; once is enough to hear of what nobody has closed."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all worker processes of the run have together."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def postgres(common: Path) -> Iterator[str]:
    """One PostgreSQL server for all workers of the run; a socket's name is short, so the folder is not `common`."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:16]
    with alone(common / "postgres.lock"):
        server, url = start_postgres(Path(tempfile.gettempdir()) / f"sgo-test-pg-{run}")
    yield url
    server.cleanup()


def sqlite_of_the_run(folder: Path, common: Path) -> SqliteDatabase:
    return SqliteDatabase(folder, template=common / "panel.db")


def backwards(connection: Any, record: Any) -> None:
    """Rows whose order nobody asked for come last first: PostgreSQL gives them as they happen to lie."""
    connection.execute("PRAGMA reverse_unordered_selects = ON")


class Site:
    """An application on one backend with the small world in it."""

    def __init__(self, database: Any, folder: Path, common: Path) -> None:
        self.database = database
        self.app = create_app(
            TESTING=True,
            SECRET_KEY="only for tests, and for nothing else",
            SQLALCHEMY_DATABASE_URI=database.url,
            WTF_CSRF_ENABLED=False,
            SGO_DEMO=False,
            SGO_JOBS=str(folder / "jobs"),
            ARGON2=worlds.CHEAP_ARGON2,
            AUTH_DB_FAKE_PASSWORD_HASH_CHECK=generate_password_hash("x", worlds.CHEAP_METHOD),
            PROPAGATE_EXCEPTIONS=False,
        )
        self.app.test_client_class = IsolatedClient
        kind = type(database).__name__
        with alone(common / f"{kind}.lock"):
            self.world = self._kept(common / f"{kind}.world")
        with self.app.app_context():
            event.listen(db.engine, "commit", self._note_commit)
            if db.engine.dialect.name == "sqlite":
                event.listen(db.engine, "connect", backwards)
        self.touched = False

    def _kept(self, file: Path) -> World:
        """The migrated database and its world are made once in a run: whoever comes later takes the template."""
        if self.database.is_kept():
            self.database.restore()
            return pickle.loads(file.read_bytes())  # noqa: S301 - written by this very run
        world = self._made()
        file.write_bytes(pickle.dumps(world))
        self.database.keep()
        return world

    def _made(self) -> World:
        with self.app.app_context():
            self._migrate()
            with acting(db.session, SYSTEM):
                sync_roles()
                db.session.commit()
                made = worlds.build(db.session, hashing.made(worlds.PASSWORD))
                db.session.commit()
            db.session.remove()
            db.engine.dispose()
        return made

    def _note_commit(self, connection: Any) -> None:
        self.touched = True

    def _migrate(self) -> None:
        from flask_migrate import upgrade

        upgrade()

    def restore(self) -> None:
        """Back to the template. What only read needs none: on PostgreSQL that is a quarter of a second."""
        if self.touched:
            if self.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
                self.close()  # on PostgreSQL the connections go on: opening one costs more than many a test
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
        folder, common = request.getfixturevalue("tmp_path_factory").mktemp(backend), request.getfixturevalue("common")
        url = request.getfixturevalue("postgres") if backend == "postgresql" else ""
        database = PostgresDatabase(url, f"panel_{WORKER}", "panel") if url else sqlite_of_the_run(folder, common)
        sites[backend] = Site(database, folder, common)
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
