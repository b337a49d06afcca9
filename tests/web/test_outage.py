"""The database is away: our page in Russian, one line in the log, whoever asks and whatever for."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.extensions import db
from tests.panel.test_russian import latin

SECRETARY = "secretary.65001"


@contextmanager
def away(site: Any) -> Iterator[None]:
    """The database answers nobody in this block."""
    site.touched = True
    site.close()
    if site.database.url.startswith("sqlite"):
        file, hidden = site.database.file, Path(f"{site.database.file}.hidden")
        file.rename(hidden)
        file.mkdir()
        yield
        file.rmdir()
        hidden.rename(file)
        return
    name = site.database.name
    with psycopg.connect(site.database.server_url, autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        yield
        server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")


@pytest.mark.parametrize(
    ("verb", "address"),
    [("get", "/"), ("get", "/pupils/list/"), ("post", "/pupils/add"), ("get", "/no/such/page"), ("get", "/login/")],
)
def test_an_outage_is_told_in_russian_and_in_one_line(
    site: Any, sign_in: Any, caplog: pytest.LogCaptureFixture, verb: str, address: str
) -> None:
    client = sign_in(SECRETARY)
    with away(site), caplog.at_level(logging.WARNING):
        answer = getattr(client, verb)(address)
    assert answer.status_code == 503
    assert "База данных недоступна" in answer.text
    assert latin(answer.text) == set()
    faults = [record for record in caplog.records if record.name == site.app.logger.name]
    assert [(record.exc_info, record.getMessage().count("\n")) for record in faults] == [(None, 0)]
    assert client.get("/").status_code == 200


def test_a_file_of_the_panel_needs_no_database(site: Any, sign_in: Any) -> None:
    client = sign_in(SECRETARY)
    with away(site):
        assert client.get("/static/no-such.css").status_code in (404, 503)
        assert client.get("/static/panel/panel.css", buffered=True).status_code == 200


def test_a_table_that_is_not_there_is_not_called_busy(site: Any, sign_in: Any) -> None:
    site.touched = True
    client = sign_in(SECRETARY)
    with site.app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE favourite RENAME TO gone")
    answer = client.get("/")
    assert answer.status_code == 503
    assert "не той версии" in answer.text
    assert "занята" not in answer.text.partition("</h1>")[2].partition('<p class="quiet')[0]


def test_an_error_inside_the_error_page_gives_our_page(
    sign_in: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("app.views.pages.context.menu_for", fail)
    answer = sign_in(SECRETARY).get("/no/such/page")
    assert (answer.status_code, "Ошибка панели" in answer.text) == (500, True)
    assert "secret" not in answer.text
    assert len([record for record in caplog.records if record.exc_info]) == 1
