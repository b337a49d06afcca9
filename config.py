"""Settings, read from the environment once at start. No secret stands in the code."""

import os
import secrets
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).parent
INSTANCE = Path(os.environ.get("SGO_INSTANCE", ROOT / "instance"))


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def _list(name: str) -> list[str] | None:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()] or None


def _day(name: str) -> date | None:
    """A date, as dd.mm.yyyy or YYYY-MM-DD. A wrong one stops the start with one line."""
    given = os.environ.get(name, "").strip()
    try:
        return date.fromisoformat("-".join(given.split(".")[::-1])) if given else None
    except ValueError:
        sys.stderr.write(f"Ошибка: {name}: «{given[:20]}» – не дата. Ожидается ДД.ММ.ГГГГ, например 25.05.2026.\n")
        raise SystemExit(2)


def _database_url() -> str:
    # The demo's published passwords must never end up in the school's own data: it has a file of its own.
    name = "demo.db" if _flag("SGO_DEMO") else "panel.db"
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{INSTANCE / name}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def demo_secret_key() -> str:
    """The demo's key, made once and kept beside its database; never used outside of demo mode."""
    path = INSTANCE / "secret_key"
    if not path.exists():
        INSTANCE.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


class Config:
    """Everything Flask, Flask-AppBuilder and the panel read."""

    SGO_DEMO = _flag("SGO_DEMO")
    SGO_DEMO_TODAY = _day("SGO_DEMO_TODAY")
    SGO_TIMEZONE = os.environ.get("SGO_TIMEZONE", "Asia/Sakhalin")
    # Behind a TLS proxy (ЗИС.3): secure cookies, HSTS, and the client's address from the proxy's headers.
    SGO_TLS = _flag("SGO_TLS")
    # Result files of long jobs; the server and the worker both need it.
    SGO_JOBS = os.environ.get("SGO_JOBS") or str(INSTANCE / "jobs")
    # Of the server; empty: one for each core (app/web/serving.py).
    SGO_PROCESSES = os.environ.get("SGO_PROCESSES", "").strip()
    APP_NAME = "Регламент СГО"

    SECRET_KEY = os.environ.get("SECRET_KEY")
    SQLALCHEMY_DATABASE_URI = _database_url()
    # A connection that the server has dropped is noticed before it is used.
    # A walk through all pages of all roles compiles some 1,250 statements: of 500, the default, those of one page drive
    # out those of another.
    SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True, "query_cache_size": 2000}
    MAX_CONTENT_LENGTH = 8 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 2 * 1024 * 1024
    TRUSTED_HOSTS = _list("SGO_HOSTS")

    SESSION_COOKIE_NAME = "sgo_session"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = SGO_TLS
    PERMANENT_SESSION_LIFETIME = timedelta(minutes=60)
    # From signing in, however busy the session is.
    SESSION_LONGEST = timedelta(hours=12)
    WTF_CSRF_TIME_LIMIT = None

    BABEL_DEFAULT_LOCALE = "ru"
    LANGUAGES = {"ru": {"flag": "ru", "name": "Русский"}}

    AUTH_TYPE = 1
    # Flask-AppBuilder's limiter counts in one process, and whoever signs in; ours: app/services/accounts/refusals.py.
    AUTH_RATE_LIMITED = False
    RATELIMIT_ENABLED = False
    FAB_CREATE_DB = False
    FAB_UPDATE_PERMS = False
    FAB_ADD_SECURITY_API = False
    FAB_ADD_OPENAPI_VIEWS = False
    # As OWASP advises for argon2id: 19 MiB, two passes, one lane.
    ARGON2: ClassVar[dict[str, int]] = {"time_cost": 2, "memory_cost": 19_456, "parallelism": 1}
