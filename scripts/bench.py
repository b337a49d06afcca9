"""`make bench`: queries, bytes and time of the pages against a bare-SQL floor measured in the same run.

A region of 170 schools and 65 thousand pupils is loaded once into `instance/bench` (SQLite) and reused; PostgreSQL is
measured when DATABASE_URL names one that is empty or was loaded by this script. Prints one JSON document.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SCHOOLS, PUPILS, RUNS = int(os.environ.get("BENCH_SCHOOLS", 170)), int(os.environ.get("BENCH_PUPILS", 65_000)), 5
os.environ.setdefault("SGO_INSTANCE", str(ROOT / "instance" / "bench"))
os.environ["SGO_DEMO"] = "1"

from flask import Flask  # noqa: E402 - the settings above must stand before the application is imported
from flask.testing import FlaskClient  # noqa: E402
from sqlalchemy import event, select, text  # noqa: E402

from app import create_app  # noqa: E402
from app.extensions import db  # noqa: E402
from app.models import Account  # noqa: E402
from app.security.actor import SYSTEM  # noqa: E402
from app.security.guard import acting  # noqa: E402
from app.security.manager import SESSION_KEY  # noqa: E402

LISTS = ("pupils", "employees", "movement_orders", "movement_book", "memberships", "classes", "accounts")
FLOOR_LIST = "SELECT * FROM {table} ORDER BY {order} LIMIT 25"
FLOOR_COMPLIANCE = """
SELECT l.school_id, l.kind, count(*), sum(CASE WHEN l.entered_on <= l.event_date THEN 1 ELSE 0 END)
FROM movement_line l JOIN movement_order o ON o.id = l.order_id GROUP BY l.school_id, l.kind
UNION ALL
SELECT m.school_id, m.outcome, count(*), count(e.id)
FROM class_membership m JOIN school_class c ON c.id = m.class_id
LEFT JOIN movement_line e ON e.pupil_id = m.pupil_id AND e.academic_year_id = c.academic_year_id
  AND e.kind IN ('promotion', 'graduation', 'repeat', 'repeat_9')
GROUP BY m.school_id, m.outcome
"""


def best(action: Callable[[], Any]) -> float:
    """The quickest of several runs, in milliseconds."""
    action()
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return round(min(times) * 1000, 1)


def prepare(app: Flask) -> None:
    runner = app.test_cli_runner()
    for command in (["db", "upgrade"], ["roles", "sync"]):
        _run(runner, command)
    _run(runner, ["demo", "load", "--if-empty", "--schools", str(SCHOOLS), "--pupils", str(PUPILS)])


def _run(runner: Any, command: list[str]) -> None:
    result = runner.invoke(args=command)
    if result.exit_code:
        sys.exit(f"flask {' '.join(command)}: {result.output}")


def client_of(app: Flask, login: str) -> FlaskClient:
    with app.app_context(), acting(db.session, SYSTEM):
        account = db.session.scalar(select(Account).where(Account.username == login))
        key, pk = account.session_key, account.id
    client = app.test_client()
    with client.session_transaction() as state:
        state["_user_id"], state["_fresh"], state[SESSION_KEY] = str(pk), True, key
    return client


def page(client: FlaskClient, path: str, statements: list[str]) -> dict[str, Any]:
    statements.clear()
    response = client.get(path)
    queries = len(statements)
    return {
        "status": response.status_code,
        "queries": queries,
        "bytes": len(response.data),
        "ms": best(lambda: client.get(path)),
    }


def floor(app: Flask, statement: str) -> float:
    def run() -> None:
        with app.app_context(), db.engine.connect() as connection:
            connection.execute(text(statement)).all()

    return best(run)


def main() -> None:
    app = create_app(RATELIMIT_ENABLED=False, AUTH_RATE_LIMITED=False)
    prepare(app)
    statements: list[str] = []
    with app.app_context():
        engine = db.engine
        sizes = {table: db.engine.connect().execute(text(f"SELECT count(*) FROM {table}")).scalar()  # noqa: S608
                 for table in ("school", "pupil", "class_membership", "movement_line")}  # fmt: skip
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    regional = client_of(app, "regional")
    found: dict[str, Any] = {"database": engine.dialect.name, "rows": sizes, "lists": {}}
    bare = floor(app, FLOOR_LIST.format(table="pupil", order="last_name, first_name, id"))
    for name in LISTS:
        client = client_of(app, "operator") if name == "accounts" else regional
        found["lists"][name] = page(client, f"/{name}/list/", statements)
    found["lists"]["pupils, search"] = page(regional, "/pupils/list/?q=иванов", statements)
    found["list_floor_ms"] = bare
    compliance = page(regional, "/compliance/", statements)
    bare = floor(app, FLOOR_COMPLIANCE)
    found["compliance"] = compliance | {"floor_ms": bare, "ratio": round(compliance["ms"] / bare, 2)}
    found["form_region"] = page(regional, "/forms/print/movement?org=region", statements)
    print(json.dumps(found, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
