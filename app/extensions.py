"""The extensions, made once and bound to an application in `create_app`."""

import re
import sqlite3
from threading import BoundedSemaphore
from typing import Any

from flask_appbuilder import Model
from flask_appbuilder.models.sqla.base import SQLA
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

db = SQLA(metadata=Model.metadata)
migrate = Migrate()
csrf = CSRFProtect()

CONNECT_SECONDS = 5
"""For reaching a server that does not answer at all."""
LOCK_SECONDS = 3
"""How long a writing waits for another's lock: a thread is held meanwhile."""
MOST_WAITING, TURN_SECONDS = 3, 0.25
"""Threads that wait for SQLite's one writer at a time; how long another waits to be one of them."""
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


@event.listens_for(Engine, "connect")
def _tune(connection: Any, record: object) -> None:
    """Settings of every connection, whoever opens it."""
    driver = type(connection).__module__.partition(".")[0]
    if driver == "sqlite3":
        _tune_sqlite(connection)
    elif driver == "psycopg":
        # Compiling the statement of compliance takes two seconds, running it a fifth of one.
        connection.autocommit = True  # or the first rollback would take it back
        connection.execute("SET jit = off")
        # A region's facts are joined and sorted in memory, not on the disk.
        connection.execute("SET work_mem = '32MB'")
        # Nobody waits for ever: a person has gone by then, and a thread is held meanwhile.
        connection.execute("SET statement_timeout = '120s'")
        connection.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        connection.autocommit = False


def _tune_sqlite(connection: Any) -> None:
    """Foreign keys are held, readers do not wait for the writer, what was said to be saved outlives a power cut."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute(f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}")
    cursor.close()


@event.listens_for(Engine, "do_connect")
def _reach(dialect: Any, record: object, args: Any, given: dict[str, Any]) -> None:
    """A server that is gone without a word is noticed, at connecting and later."""
    if dialect.driver == "psycopg":
        given.setdefault("connect_timeout", CONNECT_SECONDS)
        given.setdefault("keepalives_idle", 30)
        given.setdefault("tcp_user_timeout", 30_000)


@event.listens_for(Engine, "before_cursor_execute")
def _take_turn(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
    """The first writing of a transaction waits for SQLite's one writer: few threads at a time, the rest serve readers.

    Raises OperationalError, for whoever the writer's place was not free in time.
    """
    if connection.dialect.name == "sqlite" and WRITES.match(statement) and not connection.connection.in_transaction:
        if not _waiting.acquire(timeout=TURN_SECONDS):
            raise OperationalError("BEGIN IMMEDIATE", None, TimeoutError("database is locked: others wait already"))
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError("BEGIN IMMEDIATE", None, error) from error
        finally:
            _waiting.release()


_waiting = BoundedSemaphore(MOST_WAITING)
