"""The one clock: local dates, and the day that a demonstration shows."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from app import clock, create_app
from tests.architecture.source import modules
from tests.support import forked

REAL = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
"""In Sakhalin (UTC+11) it is already the 27th."""


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    yield
    clock.configure()


def test_the_local_day_is_the_zones() -> None:
    with time_machine.travel(REAL, tick=False):
        assert clock.today() == date(2026, 11, 27)
        assert clock.today("Europe/Moscow") == date(2026, 11, 26)


@pytest.mark.parametrize("shown", [date(2025, 8, 31), date(2025, 9, 1), date(2028, 2, 29), date(2026, 12, 31)], ids=str)
def test_a_shown_day_keeps_the_time_of_day(shown: date) -> None:
    clock.configure(shown=shown)
    with time_machine.travel(REAL, tick=False):
        assert clock.today() == shown
        assert clock.utc_now().timetz() == REAL.timetz()


def test_a_shown_day_stamps_what_is_entered(app: Any, sign_in: Any, session: Any) -> None:
    """Entry stamps and the trail too: a demonstration may walk through a school year."""
    from app.models.people import Parent

    clock.configure(shown=date(2026, 3, 5))
    client = sign_in("secretary.65001")
    added = client.post("/parents/add", data={"last_name": "Показова", "first_name": "Анна"})
    assert added.status_code == 302
    assert session.query(Parent).filter_by(last_name="Показова").one().entered_on == date(2026, 3, 5)


@pytest.mark.parametrize(("demo", "today"), [(True, date(2026, 5, 25)), (False, None)])
def test_a_real_installation_passes_it_over_and_says_so(caplog: Any, demo: bool, today: date | None) -> None:
    settings = {"SECRET_KEY": "only for tests, and for nothing else", "SQLALCHEMY_DATABASE_URI": "sqlite://"}
    create_app(**settings, SGO_DEMO=demo, SGO_DEMO_TODAY=date(2026, 5, 25))
    assert clock.shown_day() == today
    assert ("SGO_DEMO_TODAY не действует" in caplog.text) is not demo


def test_a_wrong_day_is_one_line() -> None:
    done = forked.run("-m", "flask", "routes", SGO_DEMO="1", SGO_DEMO_TODAY="32.05.2026")
    assert (done.status, done.stderr.count("\n")) == (2, 1)
    assert "не дата" in done.stderr


def test_nothing_else_reads_the_time() -> None:
    readers = {"today": "date", "now": "datetime", "utcnow": "datetime", "time": "time"}
    found = {
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in module.nodes(ast.Attribute)
        if node.attr in readers and readers[node.attr] == getattr(node.value, "id", None)
    }
    assert {each.partition(":")[0] for each in found} == {"app.clock"}
