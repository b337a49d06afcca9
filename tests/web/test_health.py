"""`/healthz` and `/readyz` tell the truth; a database of another version is told at the start, in one line."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.extensions import db
from app.services.engine import readiness
from app.services.engine.schema import Schema
from tests.web.test_outage import away

SET = "UPDATE alembic_version SET version_num = '{}'"
STATES = [
    (SET.format("20261124_01"), Schema.OLDER),
    (SET.format("20991231_99"), Schema.UNKNOWN),
    ("DELETE FROM alembic_version", Schema.EMPTY),
]


def answer(site: Any, address: str) -> tuple[int, Any]:
    found = site.app.test_client().get(address)
    return found.status_code, found.get_json()


def become(site: Any, statement: str) -> None:
    site.touched = True
    with site.app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_as_it_should_be(site: Any) -> None:
    assert answer(site, "/readyz") == (200, {"status": "ok"})
    code, told = answer(site, "/healthz")
    assert (code, told["status"]) == (200, "ok")
    assert told["schema"] >= "20261126"


@pytest.mark.parametrize(("statement", "state"), STATES, ids=lambda each: getattr(each, "name", ""))
def test_another_schema(site: Any, app: Any, statement: str, state: Schema) -> None:
    become(site, statement)
    assert answer(site, "/readyz") == (503, {"status": "error", "problems": [state.value]})
    assert answer(site, "/healthz")[0] == 200
    for command in (["jobs", "work", "--once"], ["demo", "logins"], ["territory", "load"]):
        done = app.test_cli_runner().invoke(args=command)
        assert (done.exit_code, state.value in done.output, done.output.count("\n")) == (2, True, 1), done.output


def test_the_server_does_not_start_on_another_schema(tmp_path: Path) -> None:
    """An empty file, as a real process."""
    done = start(f"sqlite:///{tmp_path / 'new.db'}")
    assert (done.returncode, done.stderr) == (2, f"Ошибка: {Schema.EMPTY.value}\n")


def start(url: str) -> "subprocess.CompletedProcess[str]":
    environment = {"DATABASE_URL": url, "SECRET_KEY": "only for tests, and for nothing else", "PATH": ""}
    command = [sys.executable, "run.py", "127.0.0.1:1"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_database_is_away(site: Any) -> None:
    with away(site):
        assert answer(site, "/readyz") == (503, {"status": "error", "problems": [readiness.NO_ANSWER]})
        assert answer(site, "/healthz") == (200, {"status": "ok", "schema": None})


def test_the_database_takes_no_writing(site: Any) -> None:
    if site.database.url.startswith("sqlite"):
        site.close()
        with site.app.app_context(), db.engine.connect() as pooled:
            pooled.exec_driver_sql("PRAGMA query_only = ON")
        assert answer(site, "/readyz") == (503, {"status": "error", "problems": [readiness.NO_WRITING]})
        site.close()
    else:
        become(site, f"ALTER DATABASE {site.database.name} SET default_transaction_read_only = on")
        site.close()
        assert answer(site, "/readyz") == (503, {"status": "error", "problems": [readiness.NO_WRITING]})
        site.close()
        site.database._run(f"ALTER DATABASE {site.database.name} RESET default_transaction_read_only")


def test_no_room_on_the_disk(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "LEAST_ROOM", 1 << 60)
    code, told = answer(site, "/readyz")
    assert code == 503
    assert all("кончается место" in words for words in told["problems"])
