"""The million: a small demo region whose pupils and parents are multiplied in the database under made-up names."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

from flask import Flask
from sqlalchemy import Connection, insert, select, text, update

from app.extensions import db
from app.models import numbers

SCHOOLS, SEED_PUPILS, PUPILS = 170, 20_000, int(os.environ.get("BENCH_PUPILS", "1000000"))
"""The seed of 20 thousand pupils in 170 schools has more than 3 thousand classes."""
FOLLOWED = 200_000
"""Pupils, as many as the region has, whose classes, outcomes and orders are multiplied with them: terms are counted by
those."""
MULTIPLIED = ("pupil", "parent")
HISTORY = {
    "movement_line": ("pupil_id",),
    "class_membership": ("pupil_id", "opened_by_id", "closed_by_id"),
    "year_outcome": ("pupil_id", "membership_id"),
    "guardianship": ("pupil_id", "parent_id"),
}
"""In the order of their keys."""
KEYS = {
    "pupil_id": "pupil",
    "opened_by_id": "movement_line",
    "closed_by_id": "movement_line",
    "membership_id": "class_membership",
    "parent_id": "parent",
}
COUNTED = ("school", "school_class", "pupil", "parent", "class_membership", "movement_line", "school_calendar_day")
ROOTS = ("бар", "вол", "гор", "дор", "жар", "зим", "кал", "лос", "мар", "нов", "пет", "род", "сав", "тор", "ург", "фом")
MIDDLES = ("", "ан", "ил", "ок", "ум", "ыш", "ет", "яг")
ENDINGS = ("ов", "ев", "ин", "ский", "енко", "ук", "ых", "ович")
SURNAMES = ["иванов", "петров", *map("".join, product(ROOTS, MIDDLES, MIDDLES, ENDINGS))]


def prepare(app: Flask) -> dict[str, int]:
    """Build once; a database that has the million is only counted. Returns rows by table."""
    size = ["--schools", str(SCHOOLS), "--pupils", str(SEED_PUPILS)]
    for command in (["db", "upgrade"], ["roles", "sync"], ["demo", "load", "--if-empty", *size]):
        result = app.test_cli_runner().invoke(args=command)
        if result.exit_code:
            sys.exit(f"flask {' '.join(command)}: {result.output}")
    with app.app_context(), db.engine.connect() as connection:
        if count_of(connection, "pupil") < PUPILS:
            _multiply(connection)
        return {table: count_of(connection, table) for table in COUNTED}


def count_of(connection: Connection, table: str) -> int:
    return connection.scalar(text(f"SELECT count(*) FROM {table}"))


def _multiply(connection: Connection) -> None:
    connection.execute(
        text("CREATE TEMPORARY TABLE surname (n INTEGER PRIMARY KEY, name VARCHAR(60), folded VARCHAR(60))")
    )
    rows = [{"n": number, "name": name.capitalize(), "folded": name} for number, name in enumerate(SURNAMES)]
    connection.execute(text("INSERT INTO surname VALUES (:n, :name, :folded)"), rows)
    seed = {table: _last(connection, table) for table in (*MULTIPLIED, *HISTORY)}
    for table in MULTIPLIED:
        with _index_aside(connection, table):
            _copy(connection, table)
    for table in HISTORY:
        _follow(connection, table, seed)
    for table in MULTIPLIED:
        _hand_accounts_over(connection, table)
    _settle(connection)
    connection.execute(text("ANALYZE"))
    connection.commit()


def _copy(connection: Connection, table: str) -> None:
    """Whole copies of the seed, the last one cut to the number wanted."""
    made, last = count_of(connection, table), _last(connection, table)
    statement, copy = text(_copying(table)), 1
    while made < PUPILS:
        values = {"copy": copy, "shift": copy * last, "last": last, "most": PUPILS - made}
        made += connection.execute(statement, values).rowcount
        copy += 1
    _go_on(connection, table)


def _last(connection: Connection, table: str) -> int:
    return connection.scalar(text(f"SELECT max(id) FROM {table}")) or 0


def _go_on(connection: Connection, table: str) -> None:
    """PostgreSQL numbers the next row after the copied ones."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))


def _follow(connection: Connection, table: str, seed: dict[str, int]) -> None:
    """What the seed has of its pupils, for each whole copy of them that is followed."""
    shifted = {"id": table} | {name: KEYS[name] for name in HISTORY[table]}
    columns = [column.name for column in db.metadata.tables[table].columns]
    for copy in range(1, min(FOLLOWED, PUPILS) // seed["pupil"]):
        values = [f"{name} + {copy * seed[shifted[name]]}" if name in shifted else name for name in columns]
        people = ((name, KEYS[name]) for name in HISTORY[table] if KEYS[name] in MULTIPLIED)
        there = (f" AND {name} + {copy * seed[of]} <= (SELECT max(id) FROM {of})" for name, of in people)
        connection.execute(
            text(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table}"
                f" WHERE id <= {seed[table]}{''.join(there)}"
            )
        )
    _go_on(connection, table)


def _hand_accounts_over(connection: Connection, owner: str) -> None:
    """Nearly everybody followed has an account, handed over on the day on which the card was entered."""
    without = f"NOT EXISTS (SELECT 1 FROM account_person a WHERE a.{owner}_id = p.id)"
    people = f"FROM {owner} p WHERE p.id <= {FOLLOWED} AND p.id % 50 <> 0 AND {without}"
    account, login = f"{_last(connection, 'ab_user')} + p.id", f"'{owner}' || p.id"
    told, stamps = "p.first_name, p.last_name, p.school_id, p.search_text", "entered_at, entered_on, entered_by"
    for statement in (
        (
            "INSERT INTO ab_user (id, username, login_key, first_name, last_name, school_id, search_text, active,"
            " must_change_password, session_key, failed_logins, version)"
            f" SELECT {account}, {login}, {login}, {told}, true, false, '', 0, 1 {people}"
        ),
        (
            f"INSERT INTO account_person (account_id, school_id, {owner}_id, version, {stamps})"
            f" SELECT {account}, p.school_id, p.id, 1, {stamps} {people}"
        ),
        (
            f"INSERT INTO handing_over (account_id, school_id, handed_on, version, {stamps})"
            f" SELECT a.account_id, a.school_id, a.entered_on, 1, {stamps} FROM account_person a"
            f" WHERE a.{owner}_id IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM handing_over h WHERE h.account_id = a.account_id)"
        ),
    ):
        connection.execute(text(statement))
    for table in ("ab_user", "account_person", "handing_over"):
        _go_on(connection, table)


def _settle(connection: Connection) -> None:
    """Each school has a day off of its own and changes its week on a day of its own; the last one never does."""
    settings, day = db.metadata.tables["school_settings"], db.metadata.tables["school_calendar_day"]
    stamps = {"entered_at": datetime(2025, 9, 1, tzinfo=UTC), "entered_on": date(2025, 9, 1), "entered_by": "Система"}
    stood = connection.execute(select(settings).where(settings.c.valid_to.is_(None)).order_by(settings.c.id)).all()
    for number, row in enumerate(stood[:-1]):
        changes = date(2025, 1, 9) + number * timedelta(days=3)
        if row.valid_from < changes:
            own = {"school_id": row.school_id, "time_zone": row.time_zone, "version": 1, **stamps}
            ended = settings.c.id == row.id
            connection.execute(update(settings).where(ended).values(valid_to=changes - timedelta(days=1)))
            connection.execute(insert(settings).values(**own, work_week=11 - row.work_week, valid_from=changes))
    known = set(connection.execute(select(day.c.school_id, day.c.day)))
    days = [
        {"school_id": row.school_id, "day": date(2026, 2, 2) + number % 150 * timedelta(days=1), **stamps}
        for number, row in enumerate(stood)
    ]
    acts = {"is_working": False, "act": "Приказ", "version": 1}
    connection.execute(insert(day), [each | acts for each in days if (each["school_id"], each["day"]) not in known])


def _copying(table: str) -> str:
    """Another surname (a few are common, most are rare) and СНИЛС, everything else as in the seed."""
    key = "(p.id + CAST(:shift AS INTEGER))"
    digits = f"CAST(CAST(90000000000 AS BIGINT) + {key} AS VARCHAR(11))"
    groups = [f"substr({digits}, {start}, 3)" for start in (1, 4, 7, 10)]
    names = "substr(p.search_text, length(p.last_name) + 1, length(p.first_name || coalesce(p.middle_name, '')) + 2)"
    other = {
        "id": key,
        "last_name": "s.name",
        "snils": f"{groups[0]} || '-' || {groups[1]} || '-' || {groups[2]} || ' ' || {groups[3]}",
        "search_text": f"s.folded || {names} || ' ' || {_folded(digits)}",
    }
    columns = [column.name for column in db.metadata.tables[table].columns]
    values = ", ".join(other.get(name, f"p.{name}") for name in columns)
    spread = "((p.id * 7919 + CAST(:copy AS INTEGER) * 10473) % 10007)"
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} p"
        f" JOIN surname s ON s.n = {spread} * {spread} / 10007 * {len(SURNAMES)} / 10007"
        " WHERE p.id <= :last ORDER BY p.id LIMIT :most"
    )


def _folded(digits: str) -> str:
    """A СНИЛС as the folded text keeps it (app/models/numbers.py)."""
    for digit, letter in zip(numbers.DIGITS, numbers.BY_MASK["snils"].letters, strict=True):
        digits = f"replace({digits}, '{digit}', '{letter}')"
    return digits


@contextmanager
def _index_aside(connection: Connection, table: str) -> Iterator[None]:
    """The search index is made once after the load: row by row it costs several times the load itself."""
    put_back = _triggers(connection, table) if connection.dialect.name == "sqlite" else _trigrams(connection, table)
    yield
    for statement in put_back:
        connection.execute(text(statement))


def _triggers(connection: Connection, table: str) -> list[str]:
    found: Any = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"), {"table": table}
    ).all()
    for name, _ in found:
        connection.execute(text(f"DROP TRIGGER {name}"))
    rebuild = f"INSERT INTO {table}_search({table}_search) VALUES ('rebuild')"
    return [rebuild, *(sql.replace(":", r"\:") for _, sql in found)]


def _trigrams(connection: Connection, table: str) -> list[str]:
    found = connection.execute(
        text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = :table AND indexdef LIKE '%gin_trgm_ops%'"),
        {"table": table},
    ).all()
    for name, _ in found:
        connection.execute(text(f"DROP INDEX {name}"))
    return [sql for _, sql in found]
