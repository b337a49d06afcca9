"""Periods without overlap, held by the database. Used by migration scripts, so nothing here is ever changed in meaning.

Both ends of a period count; an empty end is open. PostgreSQL: an exclusion constraint of ranges, which needs no
extension (whole-number keys alone). SQLite: triggers; `migrations/env.py` keeps them when a table is made anew.
"""

from collections.abc import Sequence
from typing import Any

from alembic import op
from sqlalchemy import text

FOREVER = "'9999-12-31'"


def name_of(table: str) -> str:
    """The constraint's name, in the message of either database."""
    return f"ex_{table}_period"


def forbid_overlap(table: str, keys: Sequence[str]) -> None:
    """From here on no two rows with the same keys hold on one day. What overlaps already is listed and left alone."""
    clashing = sorted({key for pair in overlapping(table, keys) for key in pair})
    if clashing:
        print(f"Таблица {table}: периоды уже пересекаются в строках № {', '.join(map(str, clashing))}. "
              "Они оставлены как есть: исправьте даты в панели.")  # fmt: skip
    if op.get_bind().dialect.name == "sqlite":
        for event in ("INSERT", "UPDATE"):
            op.execute(_trigger(table, keys, event))
    else:
        op.execute(_exclusion(table, keys, clashing))


def allow_overlap(table: str) -> None:
    """Take it back."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("insert", "update"):
            op.execute(f"DROP TRIGGER IF EXISTS {name_of(table)}_{event}")
    else:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name_of(table)}")


def overlapping(table: str, keys: Sequence[str]) -> list[tuple[Any, ...]]:
    """Pairs of rows that hold on one day."""
    same = " AND ".join(f"a.{key} = b.{key}" for key in keys)
    found = f"SELECT a.id, b.id FROM {table} a JOIN {table} b ON a.id < b.id AND {same} AND {_meets('a', 'b')}"
    return [tuple(row) for row in op.get_bind().execute(text(found))]


def _meets(one: str, other: str) -> str:
    return (
        f"{one}.valid_from <= coalesce({other}.valid_to, {FOREVER})"
        f" AND {other}.valid_from <= coalesce({one}.valid_to, {FOREVER})"
    )


def _trigger(table: str, keys: Sequence[str], event: str) -> str:
    same = " AND ".join(f"other.{key} = new.{key}" for key in keys)
    return (
        f"CREATE TRIGGER {name_of(table)}_{event.lower()} BEFORE {event} ON {table} WHEN EXISTS ("
        f"SELECT 1 FROM {table} other WHERE other.id IS NOT new.id AND {same} AND {_meets('other', 'new')}"
        f") BEGIN SELECT RAISE(ABORT, '{name_of(table)}'); END"
    )


def _exclusion(table: str, keys: Sequence[str], clashing: Sequence[int]) -> str:
    same = ", ".join(f"int4range({key}, {key}, '[]') WITH &&" for key in keys)
    but = f" WHERE (id NOT IN ({', '.join(map(str, clashing))}))" if clashing else ""
    period = "daterange(valid_from, valid_to, '[]') WITH &&"
    return f"ALTER TABLE {table} ADD CONSTRAINT {name_of(table)} EXCLUDE USING gist ({same}, {period}){but}"
