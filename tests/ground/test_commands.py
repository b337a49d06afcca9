"""The flask command imports the panel when a command needs it, and no sooner."""

import json
import os
import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.cli.deferred import GROUPS
from app.extensions import db
from app.models.accounts import Account
from app.models.monitoring import ReadingChoice
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.conftest import Site
from tests.support import forked

HEAVY = ("app.assembly", "app.views", "app.services", "app.models", "reportlab", "xlsxwriter", "alembic")
LIGHT = [
    (("--help",), 0),
    (("nosuch",), 2),
    (("regulation", "check"), 0),
    (("deadline", "due", "order-promotion", "2026-05-25"), 0),
]


SETTINGS = {"FLASK_APP": "app.cli.deferred", "DATABASE_URL": "sqlite://", "SECRET_KEY": ""}


def flask_from_nothing(*words: str) -> "subprocess.CompletedProcess[str]":
    """With what it imports told in its errors."""
    command, environment = [sys.executable, "-X", "importtime", "-m", "flask", *words], {**os.environ, **SETTINGS}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def flask(*words: str, **environment: str) -> forked.Ended:
    return forked.run("-m", "flask", *words, **{**SETTINGS, **environment})


def imported(stderr: str) -> set[str]:
    return {line.rsplit("|", 1)[1].strip() for line in stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize(("words", "status"), LIGHT)
def test_what_needs_no_panel_imports_none(words: tuple[str, ...], status: int) -> None:
    done = flask_from_nothing(*words)
    assert done.returncode == status, done.stderr[-2000:]
    names = imported(done.stderr)
    assert "flask" in names
    assert not names.intersection(HEAVY)


def test_the_rest_is_done_by_the_panel() -> None:
    heads = flask_from_nothing("db", "heads")
    assert "(head)" in heads.stdout
    assert "app.views" in imported(heads.stderr)
    assert "AuthView.login" in flask("routes").stdout


def test_a_term_of_a_school_asks_the_database(site: Site) -> None:
    asked = ("deadline", "due", "order-promotion", "2026-05-25", "--school", "no-such-school")
    done = flask(*asked, DATABASE_URL=site.database.url)
    assert (done.status, "неизвестная школа" in done.stderr) == (2, True), done.stderr[-2000:]


def test_a_term_of_a_school_follows_the_readings_chosen(site: Site) -> None:
    """«До 1 июля» is read exclusively in 2025/26 alone, and the term says by which act."""
    with site.app.app_context(), acting(db.session, SYSTEM):
        choice = {"start_year": 2025, "option": "until-date:exclusive", "act_number": "12-р"}
        db.session.add(ReadingChoice(**choice, act_date=date(2025, 9, 1)))
        db.session.commit()
    asked = ("deadline", "due", "order-graduation", "2026-03-02", "2027-03-02", "--json")
    chosen = json.loads(flask(*asked, "--school", "65001", DATABASE_URL=site.database.url).stdout)
    assert [one["due"] for one in chosen] == ["2026-06-30", "2027-07-01"]
    assert "акт № 12-р от 01.09.2025" in chosen[0]["reading"]
    assert [one["due"] for one in json.loads(flask(*asked).stdout)] == ["2026-07-01", "2027-07-01"]


def test_a_database_that_does_not_answer_is_one_line() -> None:
    asked = ("deadline", "due", "order-graduation", "2026-03-02", "--school", "65001")
    done = flask(*asked, DATABASE_URL="postgresql://nobody:x@127.0.0.1:1/none")
    told = done.stderr.splitlines()
    assert (done.status, len(told), told[-1].startswith("Ошибка: база данных не отвечает")) == (2, 1, True), told


WRITTEN_WRONG = [
    (("deadline", "due"), "не указано: RULE. Помощь: flask deadline due --help."),
    (("deadline", "due", "event", "--foo"), "ключа --foo нет. Помощь: flask deadline due --help."),
    (("regulation", "nosuch"), "команды «nosuch» нет. Помощь: flask regulation --help."),
]


@pytest.mark.parametrize(("words", "told"), WRITTEN_WRONG)
def test_a_command_written_wrong_fails_as_every_other(words: tuple[str, ...], told: str) -> None:
    done = flask(*words)
    assert (done.status, done.stdout, done.stderr) == (2, "", f"Ошибка: {told}\n")


def test_what_is_not_said_is_asked_for_in_russian(app: Flask, session: Any) -> None:
    """The first operator: each question, a password typed twice unlike, a wrong one, a login that is taken."""
    run = app.test_cli_runner().invoke
    answers = ["operator2", "Первый Оператор", "one@example.ru", "kedr-tuman-65", "kedr-tuman-66"]
    made = run(args=["user", "create"], input="\n".join([*answers, "kedr-tuman-65", "kedr-tuman-65", ""]))
    assert made.exit_code == 0, made.output
    for question in (
        "Логин: ",
        "Фамилия Имя Отчество: ",
        "Электронная почта (можно пропустить): ",
        "Одноразовый пароль: ",
        "Ещё раз: ",
    ):
        assert question in made.output
    assert "Пароли не совпали, введите снова." in made.output
    kept = select(Account.must_change_password, Account.handed_over_on.is_not(None))
    assert session.execute(kept.where(Account.username == "operator2")).one() == (True, True), "nobody hands it over"
    answers = ["operator4", "Четвёртый Оператор", "", "kedr-tuman-65", "kedr-tuman-65", ""]
    assert run(args=["user", "create"], input="\n".join(answers)).exit_code == 0
    assert session.scalar(select(Account.email).where(Account.username == "operator4")) is None

    given = ["--login", "operator2", "--name", "Второй", "--email", "two@example.ru"]
    for password, told in (("коротко", "Пароль"), ("kedr-tuman-65", "Логин «operator2» уже занят")):
        refused = run(args=["user", "create", *given, "--password", password])
        assert (refused.exit_code, refused.stderr.startswith("Ошибка: "), told in refused.stderr) == (2, True, True)
    stopped = run(args=["user", "create"], input="operator3\n")
    assert (stopped.exit_code, "Ошибка: ввод прерван, ничего не сделано." in stopped.stderr) == (2, True)


def test_the_names_are_those_of_the_panel(app: Flask) -> None:
    assert {name: group.help for name, group in app.cli.commands.items()} == GROUPS
