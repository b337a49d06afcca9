"""A bare schema on each database for set-based questions; each test works in a transaction that is rolled back."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from flask_appbuilder import Model
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import StaticPool

import app.security.resources  # noqa: F401 - puts the tables on the metadata
from tests.support.databases import BACKENDS

DATABASE = f"compliance_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.fixture(scope="session")
def engines() -> Iterator[dict[str, Engine]]:
    made: dict[str, Engine] = {}
    yield made
    for engine in made.values():
        engine.dispose()


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, engines: dict[str, Engine]) -> Engine:
    """An engine with an empty schema."""
    if request.param not in engines:
        if request.param == "sqlite":
            made = create_engine("sqlite://", poolclass=StaticPool)
        else:
            made = create_engine(_new_database(request.getfixturevalue("postgres")))
        Model.metadata.create_all(made)
        engines[request.param] = made
    return engines[request.param]


def _new_database(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    return server.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{DATABASE}?")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()
