"""The day of a report (issue 10, 9): a day to come is «прогноз» on the page, the form and the command alike."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import update

from app.models.schools import SchoolSettings
from tests.panel.reading import at_fields, body

SCHOOL, DEPUTY = "65001", "deputy.65001"
BEFORE_MIDNIGHT = datetime(2026, 3, 1, 12, 59, tzinfo=UTC)
"""23:59 of 1 March on Sakhalin."""
AFTER_MIDNIGHT = datetime(2026, 3, 1, 13, 0, tzinfo=UTC)
DAYS = [
    (BEFORE_MIDNIGHT, "2026-02-28", False),
    (BEFORE_MIDNIGHT, "2026-03-01", False),
    (BEFORE_MIDNIGHT, "2026-03-02", True),
    (AFTER_MIDNIGHT, "2026-03-02", False),
    (AFTER_MIDNIGHT, "2026-03-03", True),
]
FAULTS = [
    ({"on": "вчера"}, "on", "не дата"),
    ({"on": "2026-02-31"}, "on", "не дата"),
    ({"on": "1914-08-01"}, "on", "с 01.01.2015 по 31.12.2040"),
    ({"on": "2026-03-01", "since": "позавчера"}, "since", "не дата"),
    ({"on": "2026-03-01", "since": "2026-03-02"}, "since", "позже"),
]
pytestmark = pytest.mark.usefixtures("world")


def printed(data: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages).split())


@pytest.fixture
def moment() -> Iterator[Any]:
    """Sets the clock."""
    with time_machine.travel(BEFORE_MIDNIGHT, tick=False) as traveller:
        yield traveller.move_to


@pytest.mark.parametrize(("now", "on", "forecast"), DAYS)
def test_page_form_and_command_agree(
    sign_in: Any, app: Any, moment: Any, tmp_path: Path, now: datetime, on: str, forecast: bool
) -> None:
    moment(now)
    client, run = sign_in(DEPUTY), app.test_cli_runner()
    where, told = f"org={SCHOOL}&on={on}", date.fromisoformat(on).strftime("%d.%m.%Y")
    for address in (f"/compliance/?{where}", f"/compliance/records?{where}"):
        assert ("прогноз" in body(client.get(address)).lower()) is forecast, address
    assert ("ПРОГНОЗ" in printed(client.get(f"/forms/print/movement?{where}").data)) is forecast
    options, target = ["--org", SCHOOL, "--on", on], tmp_path / "form.pdf"
    said = json.loads(run.invoke(args=["compliance", "status", *options, "--json"]).stdout)
    assert (said["on"], said.get("forecast", False)) == (on, forecast)
    assert f"{'прогноз ' if forecast else ''}на {told}" in run.invoke(args=["compliance", "status", *options]).stdout
    run.invoke(args=["form", "print", "movement", *options, "-o", str(target)])
    assert ("ПРОГНОЗ" in printed(target.read_bytes())) is forecast


def test_records_of_a_forecast_say_so(app: Any, moment: Any) -> None:
    ask = ["--org", SCHOOL, "--rule", "order-graduation", "--status", "overdue", "--on"]
    run = app.test_cli_runner()
    found = json.loads(run.invoke(args=["compliance", "records", *ask, "2026-10-01", "--json"]).stdout)
    assert [row["forecast"] for row in found] == [True, True]
    assert "прогноз" in run.invoke(args=["compliance", "records", *ask, "2026-10-01"]).stdout
    moment(datetime(2026, 10, 1, tzinfo=UTC))
    found = json.loads(run.invoke(args=["compliance", "records", *ask, "2026-10-01", "--json"]).stdout)
    assert [row.get("forecast") for row in found] == [None, None]


def test_the_day_is_that_of_the_schools_zone(sign_in: Any, session: Any, world: Any, app: Any, moment: Any) -> None:
    """What is today in the school is no forecast, though the installation's day is another one."""
    rows = SchoolSettings.__table__
    session.execute(update(rows).where(rows.c.school_id == world.schools[SCHOOL]).values(time_zone="Europe/Moscow"))
    session.commit()  # as it has always been: a change to a zone further west would wait for a confirmation
    moment(AFTER_MIDNIGHT)
    client = sign_in(DEPUTY)
    assert "прогноз" not in body(client.get(f"/compliance/?org={SCHOOL}&on=2026-03-01")).lower()
    assert "прогноз" in body(client.get(f"/compliance/?org={SCHOOL}&on=2026-03-02")).lower()
    status = ["compliance", "status", "--org", SCHOOL, "--json"]
    said = json.loads(app.test_cli_runner().invoke(args=status).stdout)
    assert (said["on"], said.get("forecast")) == ("2026-03-01", None)


@pytest.mark.parametrize(("asked", "field", "words"), FAULTS)
def test_a_wrong_day_is_told_at_its_field(
    sign_in: Any, app: Any, moment: Any, tmp_path: Path, asked: dict[str, str], field: str, words: str
) -> None:
    moment(AFTER_MIDNIGHT)
    client = sign_in(DEPUTY)
    for address in ("/compliance/", "/compliance/records", "/forms/print/movement"):
        answer = client.get(address, query_string={"org": SCHOOL, **asked})
        page = body(answer)
        assert answer.status_code == 400, address
        [(at, told)] = at_fields(page).items()
        assert (at.split("-")[0], words in told) == (field, True), (address, told)
        assert f'value="{SCHOOL}"' in page
        assert all(f'value="{value}"' in unescape(page) for value in asked.values()), address
    options = [word for name, value in asked.items() for word in (f"--{name}", value)]
    target = tmp_path / "form.pdf"
    commands = (["compliance", "status"], ["form", "print", "movement", "-o", str(target)])
    for command in commands:
        result = app.test_cli_runner().invoke(args=[*command, "--org", SCHOOL, *options])
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
        assert words in result.stderr
    assert not target.exists()
