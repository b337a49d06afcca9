"""The demo as it was at a revision, kept as rows: what tests/migrations carries up to the present schema.

    .venv/bin/python -m scripts.migration_world 20261124_05 30c1d85

makes tests/migrations/worlds/20261124_05.json.gz with the code of that commit, in a worktree of its own.
"""

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, create_engine, select, text

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tests" / "migrations" / "worlds"

Rows = dict[str, list[dict[str, Any]]]
"""Rows by table, each value as JSON has it."""

KEPT = """
INSERT INTO saved_list (account_id, route, name, query)
SELECT id, 'pupils', 'Пятые классы', 'search=5&order=name' FROM ab_user ORDER BY id LIMIT 1;
INSERT INTO saved_list (account_id, route, name, query)
SELECT id, 'movement_orders', 'Приказы осени', 'kind=transfer&page=2' FROM ab_user ORDER BY id DESC LIMIT 1;
INSERT INTO favourite (account_id, entity, record_id, added_at)
SELECT (SELECT min(id) FROM ab_user), 'pupil', min(id), '2026-11-24 00:15:00.000000' FROM pupil;
INSERT INTO favourite (account_id, entity, record_id, added_at)
SELECT (SELECT max(id) FROM ab_user), 'movement_order', max(id), '2026-11-24 00:16:00.000000' FROM movement_order;
INSERT INTO submission ("key", digest, at) VALUES ('a-form-once-sent', 'its-digest', '2026-11-24 00:17:00.000000');
INSERT INTO deleted_record (version, entity, kind, record_id, name, data, batch, deleted_at, deleted_on, deleted_by,
                            search_text)
SELECT 1, 'region_calendar_day', 'День календаря', 2, '4 ноября', '[{"entity": "region_calendar_day", "values": {}}]',
       'one-act', '2026-11-24 00:18:00.000000', '2026-11-24', 'Система', '4 ноября';
INSERT INTO region_calendar_day (region_id, day, is_working, act, version, entered_at, entered_on, entered_by)
SELECT id, '2026-12-31', 0, 'Распоряжение № 1', 1, '2026-11-24 00:19:00.000000', '2026-11-24', 'Система' FROM region;
INSERT INTO school_calendar_day (school_id, day, is_working, act, version, entered_at, entered_on, entered_by)
SELECT min(id), '2026-12-26', 1, 'Приказ № 2', 1, '2026-11-24 00:20:00.000000', '2026-11-24', 'Система' FROM school;
"""
"""What people keep and what the demo leaves empty: a row lost can only be seen where there is one."""


def rows_of(connection: Connection) -> Rows:
    """Every row of every table of its own, in the order of the key; the indexes of searching are derived from them."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != "alembic_version" and "_search" not in name)
    return {
        name: [
            {column: _as_json(value) for column, value in row._mapping.items()}
            for row in connection.execute(select(table).order_by(*table.primary_key))
        ]
        for name, table in sorted(found.tables.items())
    }


def _as_json(value: Any) -> Any:
    """Both databases tell an instant in UTC; only PostgreSQL says so."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    return value.isoformat() if isinstance(value, date) else value


@contextmanager
def _checkout(commit: str, folder: Path) -> Iterator[None]:
    git = ("git", "-C", str(ROOT), "worktree")
    subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=True)
    try:
        yield
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def _demo_of(commit: str, revision: str, folder: Path) -> Path:
    """The database file that the code of a commit makes, its demo ending on the day of the revision."""
    day = date.fromisoformat(revision[:8]).isoformat()
    settings = {**os.environ, "SGO_DEMO": "1", "SGO_INSTANCE": str(folder / "instance")}
    settings.pop("DATABASE_URL", None)
    commands = (
        ["db", "upgrade", revision],
        ["demo", "load", "--schools", "2", "--pupils", "60", "--on", day],
        ["roles", "sync"],
    )
    with _checkout(commit, folder / "code"):
        for command in commands:
            subprocess.run([sys.executable, "-m", "flask", *command], cwd=folder / "code", env=settings, check=True)
    return folder / "instance" / "demo.db"


def make(revision: str, commit: str) -> Path:
    """Write the world of a revision, with the same bytes each time but for salts and the time of day."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{_demo_of(commit, revision, Path(folder))}")
        with engine.connect() as connection:
            for statement in KEPT.split(";\n"):
                connection.execute(text(statement)) if statement.strip() else None
            rows = rows_of(connection)
        engine.dispose()
    print("Пусты:", ", ".join(name for name, found in rows.items() if not found) or "–")
    target = FOLDER / f"{revision}.json.gz"
    target.write_bytes(gzip.compress(json.dumps(rows, ensure_ascii=False).encode(), mtime=0))
    return target


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("revision", help="the head of that commit's migrations")
    arguments.add_argument("commit")
    asked = arguments.parse_args()
    print(make(asked.revision, asked.commit))
