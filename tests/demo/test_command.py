"""`flask demo`: loading once, refusing the second time, telling the logins."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.demo.accounts.accounts import DEMO_PASSWORD
from app.extensions import db
from app.models.accounts import Account
from app.models.directories.people import Position
from app.models.engine.audit import AuditAction, AuditEvent
from app.security import hashing
from app.security.actor import SYSTEM
from app.security.guard import acting

ASK = ("--schools", "3", "--pupils", "150", "--on", "2026-11-23")

WISHES = {
    ("--on", "вчера"): "не дата",
    ("--on", "2031-01-01", "--year", "2025"): "другие годы не созданы",
    ("--schools", "0"): "Число школ",
    ("--schools", "5", "--pupils", "10"): "Число обучающихся",
    ("--year", "1999"): "Учебный год",
}


@pytest.fixture
def run(app: Flask) -> Any:
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["demo", *words])


@pytest.fixture
def emptied(app: Flask) -> None:
    """The tests' small world taken away, the schema kept."""
    with app.app_context():
        engine = db.engine
        tables = sorted(db.metadata.tables)
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text(f"TRUNCATE {', '.join(tables)}"))
            else:
                connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
                for table in tables:
                    connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - names of the schema itself
            connection.commit()
        engine.dispose()


def test_a_region_is_loaded_and_its_logins_told(run: Any, emptied: None, app: Flask) -> None:
    loaded = run("load", *ASK)
    assert loaded.exit_code == 0, loaded.output
    assert "3 школы" in loaded.stdout
    assert "order-promotion" in loaded.stdout
    found = json.loads(run("logins", "--json").stdout)
    assert len({one["role"] for one in found}) == 14
    assert "secretary." in run("logins").stdout
    assert len(json.loads(run("logins", "--all", "--json").stdout)) > len(found)
    with app.app_context(), acting(db.session, SYSTEM):
        hashed = {account.password for account in db.session.query(Account)}
        hashed.discard(None)  # accounts that nobody has used yet
        assert len(hashed) == 1
        assert hashing.opens(DEMO_PASSWORD, hashed.pop())
        told = db.session.query(AuditEvent).filter(AuditEvent.action == AuditAction.SYSTEM).one()
        assert told.changes["schools"] == 3
        assert told.changes["planted"]["order-promotion"]["on_time"] > 0


def test_an_operator_of_the_demo_holds_the_framework_role(run: Any, emptied: None, app: Flask) -> None:
    run("load", *ASK)
    with app.app_context(), acting(db.session, SYSTEM):
        operator = db.session.query(Account).filter(Account.username == "operator").one()
        assert [role.name for role in operator.roles] == ["Admin"]


def test_json_summary(run: Any, emptied: None) -> None:
    told = json.loads(run("load", *ASK, "--json").stdout)
    assert told["loaded"] is True
    assert told["rows"]["school"] == 3


def test_directories_loaded_before_are_used(run: Any, emptied: None, app: Flask) -> None:
    """`flask directories load` in either order: the region's entries are there once, and more may be added after."""
    with app.app_context(), acting(db.session, SYSTEM):
        db.session.add(Position(title="УЧИТЕЛЬ"))
        db.session.commit()
    directories = app.test_cli_runner()
    assert directories.invoke(args=["directories", "load"]).exit_code == 0
    loaded = run("load", *ASK)
    assert loaded.exit_code == 0, loaded.output
    with app.app_context(), acting(db.session, SYSTEM):
        regions = [each.title for each in db.session.query(Position).filter(Position.school_id.is_(None))]
        assert sorted(regions) == sorted(set(regions))
        assert ("УЧИТЕЛЬ" in regions, "Учитель" in regions, "Директор" in regions) == (True, False, True)
        db.session.add(Position(title="Дополнительная"))
        db.session.commit()
    assert "добавлено 0" in directories.invoke(args=["directories", "load"]).stdout


def test_a_database_with_data_is_left_alone(run: Any) -> None:
    refused = run("load", *ASK)
    assert refused.exit_code == 2
    assert refused.stderr.count("\n") == 1
    assert "уже есть данные" in refused.stderr


def test_if_empty_makes_a_second_start_quick(run: Any) -> None:
    again = run("load", *ASK, "--if-empty")
    assert again.exit_code == 0
    assert "уже загружен" in again.stdout


def test_a_failure_leaves_nothing_behind(run: Any, emptied: None, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.demo.schools.SchoolLife.live", lambda self: 1 / 0)
    assert run("load", *ASK).exit_code == 1
    monkeypatch.undo()
    assert run("load", *ASK).exit_code == 0


def test_an_impossible_wish_is_refused_in_one_line(run: Any) -> None:
    for words, message in WISHES.items():
        refused = run("load", *words)
        assert refused.exit_code == 2, words
        assert message in refused.stderr
        assert refused.stderr.count("\n") == 1
