"""Settings that cannot be right stop the start with one line, exit status 2 and no traceback."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

SHORTEST_KEY, FEWEST_SIGNS = 32, 10
WEAK_WORDS = ("secret", "password", "changeme", "change-me", "qwerty", "123456789", "пароль", "секрет", "йцукен")
MOST_PROCESSES = 32
DATABASES = ("sqlite", "postgresql")
SQLITE_BEGINS = b"SQLite format 3\0"


def require(config: Mapping[str, Any]) -> None:
    """Say the first thing that is wrong and end the process."""
    for check in CHECKS:
        if problem := check(config):
            sys.stderr.write(f"Ошибка: {problem}\n")
            raise SystemExit(2)


def key_is_strong(config: Mapping[str, Any]) -> str | None:
    """One that can be guessed signs sessions for whoever guesses it. Whether one is needed, the start knows."""
    key = config["SECRET_KEY"] or ""
    is_weak = any(word in key.casefold() for word in WEAK_WORDS)
    if not key or (len(key) >= SHORTEST_KEY and len(set(key)) >= FEWEST_SIGNS and not is_weak):
        return None
    return (
        f"SECRET_KEY: ключ легко подобрать (нужно не меньше {SHORTEST_KEY} случайных знаков)."
        " Создайте его: python3 -c 'import secrets; print(secrets.token_hex(32))'."
    )


def zone_is_known(config: Mapping[str, Any]) -> str | None:
    name = config["SGO_TIMEZONE"]
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"SGO_TIMEZONE: часового пояса «{name[:40]}» нет. Ожидается, например, Asia/Sakhalin."
    return None


def database_is_known(config: Mapping[str, Any]) -> str | None:
    """The address alone: whether the database answers is asked when it is needed. Passwords are not told."""
    try:
        url = make_url(config["SQLALCHEMY_DATABASE_URI"])
    except (ArgumentError, ValueError):
        return "DATABASE_URL: адрес базы непонятен. Ожидается postgresql://имя:пароль@сервер/база или sqlite:///файл."
    if url.get_backend_name() not in DATABASES or url.drivername not in DRIVERS:
        return f"DATABASE_URL: с базой «{url.drivername[:40]}» панель не работает. Нужна PostgreSQL или SQLite."
    if url.get_backend_name() == "sqlite":
        return _wrong_file(url) or _wrong_option_of_file(url)
    return _wrong_option(url)


DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")


def _wrong_option(url: URL) -> str | None:
    try:
        make_conninfo(**url.query)  # type: ignore[arg-type] # a list of values is no option either
    except ProgrammingError:
        return "DATABASE_URL: у PostgreSQL нет параметра, который стоит в адресе после «?»."
    return None


SQLITE_OPTIONS = {"cached_statements", "check_same_thread", "detect_types", "isolation_level", "timeout", "uri"}


def _wrong_option_of_file(url: URL) -> str | None:
    known = "uri" in url.query or SQLITE_OPTIONS.issuperset(url.query)
    try:
        if known:
            url.get_dialect()().create_connect_args(url)
    except (TypeError, ValueError):
        known = False
    return None if known else "DATABASE_URL: у SQLite нет параметра, который стоит в адресе после «?», или он неверен."


def _wrong_file(url: URL) -> str | None:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        return None
    file = Path(url.database)
    if not file.exists():
        usable = file.parent.is_dir() and os.access(file.parent, os.W_OK)
        return None if usable else f"DATABASE_URL: папки {file.parent} нет или в неё нельзя писать."
    if not file.is_file() or not os.access(file, os.R_OK | os.W_OK):
        return f"DATABASE_URL: {file} – не файл, или его нельзя прочитать и изменить."
    with file.open("rb") as opened:
        begins = opened.read(len(SQLITE_BEGINS))
    return f"DATABASE_URL: файл {file} – не база SQLite." if begins not in (b"", SQLITE_BEGINS) else None


def processes_are_few(config: Mapping[str, Any]) -> str | None:
    given = config["SGO_PROCESSES"]
    if not given or (given.isascii() and given.isdigit() and 1 <= int(given) <= MOST_PROCESSES):
        return None
    return f"SGO_PROCESSES: «{given[:20]}» – не число от 1 до {MOST_PROCESSES}. Без неё – по процессу на ядро."


CHECKS: tuple[Callable[[Mapping[str, Any]], str | None], ...] = (
    key_is_strong,
    zone_is_known,
    database_is_known,
    processes_are_few,
)
