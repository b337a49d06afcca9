"""The extensions, made once and bound to an application in `create_app`."""

from typing import Any

from flask_appbuilder import Model
from flask_appbuilder.models.sqla.base import SQLA
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, event

db = SQLA(metadata=Model.metadata)
migrate = Migrate()
csrf = CSRFProtect()


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
        # Nobody waits for ever: a person has gone by then, and a thread is held meanwhile.
        connection.execute("SET statement_timeout = '120s'")
        connection.execute("SET lock_timeout = '10s'")
        connection.autocommit = False


def _tune_sqlite(connection: Any) -> None:
    """Foreign keys are held, readers do not wait for the writer, what was said to be saved outlives a power cut."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA busy_timeout = 5000")
    cursor.close()
