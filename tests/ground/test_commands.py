"""The flask command imports the panel when a command needs it, and no sooner."""

import os
import subprocess
import sys

import pytest
from flask import Flask

from app.cli.deferred import GROUPS
from tests.conftest import Site

HEAVY = ("app.assembly", "app.views", "app.services", "app.models", "reportlab", "xlsxwriter", "alembic")
LIGHT = [
    (("--help",), 0),
    (("nosuch",), 2),
    (("regulation", "check"), 0),
    (("deadline", "due", "order-promotion", "2026-05-25"), 0),
]


def flask(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-X", "importtime", "-m", "flask", *words]
    settings = {"FLASK_APP": "app.cli.deferred", "DATABASE_URL": "sqlite://", "SECRET_KEY": "", **environment}
    return subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=False, timeout=60
    )


def imported(stderr: str) -> set[str]:
    return {line.rsplit("|", 1)[1].strip() for line in stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize(("words", "status"), LIGHT)
def test_what_needs_no_panel_imports_none(words: tuple[str, ...], status: int) -> None:
    done = flask(*words)
    assert done.returncode == status, done.stderr[-2000:]
    names = imported(done.stderr)
    assert "flask" in names
    assert not names.intersection(HEAVY)


def test_the_rest_is_done_by_the_panel() -> None:
    heads = flask("db", "heads")
    assert "(head)" in heads.stdout
    assert "app.views" in imported(heads.stderr)
    assert "AuthView.login" in flask("routes").stdout


def test_a_term_of_a_school_asks_the_database(site: Site) -> None:
    asked = ("deadline", "due", "order-promotion", "2026-05-25", "--school", "no-such-school")
    done = flask(*asked, DATABASE_URL=site.database.url)
    assert (done.returncode, "неизвестная школа" in done.stderr) == (2, True), done.stderr[-2000:]


def test_the_names_are_those_of_the_panel(app: Flask) -> None:
    assert {name: group.help for name, group in app.cli.commands.items()} == GROUPS
