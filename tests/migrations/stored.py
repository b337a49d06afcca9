"""Databases at an old revision with the rows of a stored world (scripts/migration_world.py)."""

import gzip
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Date, DateTime, MetaData, Table, func, select

from scripts.migration_world import Rows

WORLDS = tuple(sorted((Path(__file__).parent / "worlds").glob("*.json.gz")))


def revision_of(world: Path) -> str:
    return world.name.removesuffix(".json.gz")


def read(world: Path) -> Rows:
    return json.loads(gzip.decompress(world.read_bytes()))


def put(connection: Connection, rows: Rows) -> None:
    """Insert the rows as they are. Accounts and schools point to each other: references are looked at afterwards."""
    sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF" if sqlite else "SET session_replication_role = replica")
    found = MetaData()
    found.reflect(connection, only=list(rows))
    for name, kept in rows.items():
        columns = found.tables[name].columns
        values = [{key: _of_column(columns[key], value) for key, value in row.items()} for row in kept]
        if values:
            connection.execute(found.tables[name].insert(), values)
            if not sqlite:
                _count_on(connection, found.tables[name])
    if sqlite:
        assert not connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    connection.commit()
    connection.exec_driver_sql("PRAGMA foreign_keys = ON" if sqlite else "SET session_replication_role = DEFAULT")


def _of_column(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value + ("+00:00" if column.type.timezone else ""))
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL's counter goes on from the highest number."""
    if "id" in table.columns:
        counter = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(counter, select(func.max(table.c.id)).scalar_subquery())))
