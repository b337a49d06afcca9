"""Alembic's environment: the same scripts for SQLite and PostgreSQL, Flask-AppBuilder's tables among them."""

import fcntl
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import event

logging.getLogger("alembic").setLevel(logging.WARNING)
database = current_app.extensions["migrate"].db


def render_item(kind: str, item: Any, autogen: Any) -> Any:
    """A script outlives the code: our own column types are written as what they are in the database."""
    if kind == "type" and type(item).__module__.startswith("app."):
        return f"sa.{item.impl!r}"
    return False


SEARCH_INDEX = re.compile(r"_search(_data|_idx|_docsize|_config)?$|_search_text_trgm$")


def include_name(name: str | None, kind: str, parents: Any) -> bool:
    """The search indexes are written by hand, other on each database (20261124_04); no model knows their tables."""
    return kind not in ("table", "index") or not SEARCH_INDEX.search(name or "")


@contextmanager
def unchecked(connection: Any) -> Iterator[None]:
    """SQLite changes a table by making it anew; with foreign keys held, dropping the old one touches what points to it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.commit()
    try:
        yield
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"После миграции висят ссылки: {broken[:5]}")
    finally:
        connection.rollback()
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.commit()


DROPPED = re.compile(r'DROP TABLE "?(\w+)"?', re.IGNORECASE)
RENAMED = re.compile(r'ALTER TABLE "?_alembic_tmp_\w+"? RENAME TO "?(\w+)"?', re.IGNORECASE)


def keep_triggers(connection: Any) -> None:
    """A table that SQLite makes anew (batch_alter_table) gets its triggers back: they are rules of the database."""
    if connection.dialect.name != "sqlite":
        return
    kept: dict[str, list[str]] = {}

    @event.listens_for(connection, "before_cursor_execute")
    def remember(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if found := DROPPED.match(statement.strip()):
            asked = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
            kept[found[1]] = [row[0] for row in connection.connection.execute(asked, (found[1],))]

    @event.listens_for(connection, "after_cursor_execute")
    def put_back(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if found := RENAMED.match(statement.strip()):
            for trigger in kept.pop(found[1], ()):
                connection.connection.execute(trigger)


TURN = 0x5347_4F
"""Of PostgreSQL's own locks the one that means: migrations run."""


@contextmanager
def turn(connection: Any) -> Iterator[None]:
    """Of two that migrate at once the second waits, then finds the work done. It waits as long as it takes."""
    if connection.dialect.name == "sqlite":
        with _file_turn(connection.engine.url.database):
            yield
        return
    connection.exec_driver_sql("SET lock_timeout = 0")
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({TURN})")
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({TURN})")
        connection.commit()


@contextmanager
def _file_turn(file: str | None) -> Iterator[None]:
    if not file or file == ":memory:":
        yield
        return
    with Path(f"{file}.migrating").open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        yield


def run() -> None:
    with database.engine.connect() as connection, turn(connection), unchecked(connection):
        keep_triggers(connection)
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=render_item,
            include_name=include_name,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
