"""Refused attempts are counted by address, for all processes in the database; correct ones are not (УПД.6)."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from app import create_app, extensions
from app.extensions import db
from app.models.engine.sign_in import refused_sign_in
from app.services.accounts import refusals
from tests.support.world import PASSWORD

LOGIN, WRONG = "secretary.65001", "не тот пароль"
MORNING = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=False) as travelled:
        yield travelled


def attempt(app: Any, login: str = LOGIN, password: str = WRONG, address: str = "192.0.2.1") -> Any:
    data = {"username": login, "password": password}
    return app.test_client().post("/login/", data=data, environ_base={"REMOTE_ADDR": address})


def told_at_fields(answer: Any) -> list[str]:
    """The links of the summary on top: each leads to a field."""
    return re.findall('<li><a href="#([a-z]+)">', answer.text)


def test_a_school_behind_one_address_signs_in(app: Any) -> None:
    assert {attempt(app, password=PASSWORD).status_code for _ in range(200)} == {302}


def test_too_many_refusals_of_an_address_wait(app: Any, session: Any, clock: Any) -> None:
    codes = [attempt(app, f"nobody.{number}").status_code for number in range(refusals.MOST)]
    assert set(codes) == {401}
    clock.shift(timedelta(seconds=17))
    answer = attempt(app, "teacher.65001", PASSWORD)
    assert answer.status_code == 429
    assert "слишком много неверных попыток подряд. Попробуйте снова через 43 секунды." in answer.text
    assert told_at_fields(answer) == [], "the password is not wrong"
    assert attempt(app, password=PASSWORD, address="192.0.2.2").status_code == 302
    clock.shift(timedelta(seconds=44))
    assert attempt(app, password=PASSWORD).status_code == 302
    attempt(app)
    assert session.scalar(select(func.count()).select_from(refused_sign_in)) == 1, "old ones are gone"


def test_another_process_counts_too(site: Any) -> None:
    other = create_app(
        **{name: site.app.config[name] for name in ("SECRET_KEY", "SQLALCHEMY_DATABASE_URI", "SGO_JOBS")}
    )
    other.config["WTF_CSRF_ENABLED"] = False
    for number in range(refusals.MOST):
        attempt((site.app, other)[number % 2], "nobody.at.all")
    assert attempt(site.app, password=PASSWORD).status_code == 429
    assert attempt(other, password=PASSWORD).status_code == 429
    with other.app_context():
        db.engine.dispose()


def test_a_network_of_ipv6_is_one_address(app: Any) -> None:
    for number in range(refusals.MOST):
        attempt(app, "nobody", address=f"2001:db8::{number + 1:x}")
    assert attempt(app, password=PASSWORD, address="2001:db8::ffff").status_code == 429
    assert attempt(app, password=PASSWORD, address="2001:db8:1::1").status_code == 302


def test_a_wrong_current_password_counts(app: Any, sign_in: Any) -> None:
    client = sign_in(LOGIN)
    form = {"current": WRONG, "new": "зимний маяк на мысе", "confirm": "зимний маяк на мысе"}
    for _ in range(refusals.MOST):
        assert client.post("/password/", data=form).status_code == 422
    answer = client.post("/password/", data=form)
    assert answer.status_code == 429
    assert "через 60 секунд" in answer.text
    assert told_at_fields(answer) == [], "what was typed is not wrong"
    assert attempt(app, password=PASSWORD, address="127.0.0.1").status_code == 429


@pytest.mark.parametrize("password", [WRONG, PASSWORD])
def test_a_busy_database_is_told_on_the_login_page(
    site: Any, session: Any, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    if not site.database.url.startswith("sqlite"):
        pytest.skip("PostgreSQL has many writers")
    monkeypatch.setattr(extensions, "LOCK_SECONDS", 0)
    site.close()
    holder = sqlite3.connect(site.database.file)
    holder.execute("BEGIN IMMEDIATE")
    answer = attempt(site.app, password=password)
    holder.close()
    site.close()
    assert answer.status_code == 503
    assert "База данных сейчас не отвечает или занята" in answer.text
    assert f'value="{LOGIN}"' in answer.text
    assert told_at_fields(answer) == [], "the password is not wrong"
