"""Connections to the database: what was saved outlives a power cut, nobody waits for ever, a dropped one is noticed."""

from typing import Any

import psycopg

from app.extensions import db
from app.web import static_files


def told(site: Any, statement: str) -> str:
    with site.app.app_context(), db.engine.connect() as connection:
        return str(connection.exec_driver_sql(statement).scalar())


def test_settings_of_a_connection(site: Any) -> None:
    if site.database.url.startswith("sqlite"):
        wanted = {"PRAGMA synchronous": "2", "PRAGMA busy_timeout": "3000", "PRAGMA journal_mode": "wal"}
    else:
        wanted = {"SHOW statement_timeout": "2min", "SHOW lock_timeout": "3s"}
    assert {statement: told(site, statement) for statement in wanted} == wanted


def test_a_server_that_does_not_answer_is_given_up(site: Any) -> None:
    with site.app.app_context():
        connection = db.engine.raw_connection()
    if site.database.url.startswith("postgresql"):
        info = connection.driver_connection.info.get_parameters()
        assert (info["connect_timeout"], info["tcp_user_timeout"]) == ("5", "30000")
    connection.close()


def test_a_dropped_connection_is_noticed_before_it_is_used(site: Any, sign_in: Any) -> None:
    client = sign_in("secretary.65001")
    assert client.get("/pupils/list/").status_code == 200
    if site.database.url.startswith("postgresql"):
        with psycopg.connect(site.database.server_url, autocommit=True) as server:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            server.execute(ended, [site.database.name])
    assert client.get("/pupils/list/").status_code == 200


def test_a_file_is_looked_for_once(sign_in: Any) -> None:
    client = sign_in("secretary.65001")
    client.get("/")
    before = static_files._version_of.cache_info()
    client.get("/")
    after = static_files._version_of.cache_info()
    assert (after.misses, after.hits > before.hits) == (before.misses, True)
