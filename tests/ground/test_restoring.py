"""What a test has done to a database is gone before the next: of both kinds, in rows, counters, schema and locks."""

import os
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from tests.support.databases import BACKENDS, PostgresDatabase, SqliteDatabase

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
KEPT = {"owner": [(1, "Анна"), (2, "Борис")], "pet": [(1, 1, "Кот")]}
WRITTEN = (
    "UPDATE owner SET name = 'Вера' WHERE id = 1",
    "INSERT INTO owner (id, name) VALUES (3, 'Глеб')",
    "DELETE FROM pet",
    "UPDATE owner SET name = 'Вера'; DELETE FROM pet; DELETE FROM owner WHERE id = 2",
    "DELETE FROM pet; INSERT INTO pet (id, owner_id, name) VALUES (2, 2, 'Кот')",  # as many as there were
)
CHANGED = (
    "ALTER TABLE pet ADD COLUMN age INTEGER",
    "CREATE TABLE toy (id INTEGER)",
    "DROP TABLE pet",
    "CREATE INDEX by_name ON owner (name)",
)
ON_POSTGRESQL = (
    "ALTER TABLE owner ALTER COLUMN name DROP NOT NULL",
    "ALTER TABLE pet DROP CONSTRAINT pet_owner_id_fkey",
    "ALTER TABLE pet DISABLE TRIGGER ALL",
)


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    if request.param == "sqlite":
        made: Any = SqliteDatabase(tmp_path)
    else:
        made = PostgresDatabase(request.getfixturevalue("postgres"), f"restored_{WORKER}")
    number = "SERIAL" if request.param == "postgresql" else "INTEGER"
    run(made, f"CREATE TABLE owner (id {number} PRIMARY KEY, name TEXT NOT NULL)")
    run(made, f"CREATE TABLE pet (id {number} PRIMARY KEY, owner_id INTEGER REFERENCES owner (id), name TEXT)")
    run(
        made,
        "INSERT INTO owner (name) VALUES ('Анна'), ('Борис')",
        "INSERT INTO pet (owner_id, name) VALUES (1, 'Кот')",
    )
    made.keep()
    return made


def opened(database: Any) -> Engine:
    return create_engine(database.url, poolclass=NullPool)


def run(database: Any, *statements: str) -> None:
    with opened(database).begin() as connection:
        for statement in statements:
            for one in statement.split("; "):
                connection.execute(text(one))


def stored(database: Any) -> dict[str, Any]:
    with opened(database).connect() as connection:
        rows = {name: connection.execute(text(f"SELECT * FROM {name} ORDER BY id")) for name in KEPT}  # noqa: S608
        return {name: list(map(tuple, found)) for name, found in rows.items()}


@pytest.mark.parametrize("written", WRITTEN)
def test_rows_are_as_they_were_each_time_anew(database: Any, written: str) -> None:
    for _ in range(2):
        run(database, written)
        assert stored(database) != KEPT
        database.restore()
        assert stored(database) == KEPT


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_counter_goes_on_from_where_it_stood(database: Any) -> None:
    run(database, "INSERT INTO owner (name) VALUES ('Вера')", "DELETE FROM owner WHERE name = 'Вера'")
    database.restore()
    run(database, "INSERT INTO owner (name) VALUES ('Вера')")
    assert stored(database)["owner"][-1] == (3, "Вера")


CHANGES = [
    *((backend, change) for backend in BACKENDS for change in CHANGED),
    *(("postgresql", change) for change in ON_POSTGRESQL),
]


@pytest.mark.parametrize(("database", "changed"), CHANGES, indirect=["database"])
def test_a_changed_schema_is_as_it_was(database: Any, changed: str) -> None:
    """Done again after the restoring, the same change is one: nothing is left of it."""
    for _ in range(2):
        run(database, changed)
        database.restore()
        assert stored(database) == KEPT
    if changed in ON_POSTGRESQL[1:]:
        with pytest.raises(Exception, match="foreign key"):
            run(database, "INSERT INTO pet (owner_id, name) VALUES (99, 'Кот')")
    if changed == ON_POSTGRESQL[0]:
        with pytest.raises(Exception, match="null value"):
            run(database, "INSERT INTO owner (name) VALUES (NULL)")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_whoever_holds_a_lock_is_gone(database: Any) -> None:
    holder = opened(database).connect()
    holder.execute(text("UPDATE owner SET name = 'Вера'"))
    run(database, "DELETE FROM pet")
    database.restore()
    assert stored(database) == KEPT
    holder.invalidate()
