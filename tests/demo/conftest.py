"""A small demo region on each database, loaded once: the tests of this folder only read it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask_appbuilder import Model
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

import app.extensions  # holds SQLite to its foreign keys
import app.security.resources  # noqa: F401 - puts the tables on the metadata
from app.demo.accounts.accounts import DEMO_PASSWORD
from app.demo.engine.loader import Loaded, load
from app.demo.engine.plan import Plan
from tests.support.databases import BACKENDS, PostgresDatabase

ON = date(2026, 11, 23)
SMALL = Plan(on=ON, schools=3, pupils=150)
CHEAP_HASH = generate_password_hash(DEMO_PASSWORD, "pbkdf2:sha256:1")


@dataclass(frozen=True)
class Planted:
    engine: Engine
    loaded: Loaded


@pytest.fixture(scope="module", params=BACKENDS)
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with all tables and no row."""
    if request.param == "postgresql":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        url = PostgresDatabase(request.getfixturevalue("postgres"), f"demo_{worker}").url
    else:
        url = sqlite_url(tmp_path_factory.mktemp("demo"))
    engine = create_engine(url)
    Model.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def region(empty: Engine) -> Planted:
    return plant(empty, SMALL)


@pytest.fixture
def rows(region: Planted) -> Iterator[Session]:
    with Session(region.engine) as session:
        yield session


def plant(engine: Engine, plan: Plan) -> Planted:
    with engine.begin() as connection:
        return Planted(engine, load(connection, plan, CHEAP_HASH))


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'demo.db'}"


@pytest.fixture
def plant_on_sqlite(tmp_path: Path) -> Iterator[object]:
    """`plant_on_sqlite(plan)` loads another region into a database of its own."""
    made: list[Engine] = []

    def run(plan: Plan) -> Planted:
        made.append(create_engine(sqlite_url(tmp_path) + f".{len(made)}"))
        Model.metadata.create_all(made[-1])
        return plant(made[-1], plan)

    yield run
    for engine in made:
        engine.dispose()
