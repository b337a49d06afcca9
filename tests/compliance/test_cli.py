"""`flask compliance` and `flask form` as scripts use them (design/interface.md)."""

import json
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from app.compliance import duties
from app.models.engine.audit import AuditAction, AuditEvent

MONDAY_MORNING = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
"""10:30 of 2 March on Sakhalin, still 1 March in UTC."""
AUTUMN = ("--on", "2026-10-01")
"""In the small world nobody has entered an order of the year 2025/26: five promotions and two graduations a school."""


@pytest.fixture
def run(app: Flask) -> Any:
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=words)


def answer(result: Any) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def numbers(found: dict[str, Any], rule: str) -> dict[str, Any]:
    return next(row for row in found["rules"] if row["rule"] == rule)


def test_status_of_a_school(run: Any) -> None:
    found = answer(run("compliance", "status", "--org", "65001", *AUTUMN, "--json"))
    assert (found["org"], found["on"]) == ("65001", "2026-10-01")
    assert [row["rule"] for row in found["rules"]] == list(duties.rules())
    assert numbers(found, "order-promotion") == {
        "rule": "order-promotion",
        "clause": "3.3.3.2, 3.3.4.4",
        "total": 5,
        "on_time": 0,
        "late": 0,
        "pending": 0,
        "overdue": 5,
        "not_applicable": 0,
        "share": 0.0,
    }
    assert numbers(found, "order-departure")["share"] is None


@pytest.mark.parametrize(("code", "graduates"), [("region", 6), ("64754000", 4), ("64701000", 2), ("65003", 2)])
def test_status_of_each_level(run: Any, code: str, graduates: int) -> None:
    found = answer(run("compliance", "status", "--org", code, "--rule", "order-graduation", *AUTUMN, "--json"))
    assert [row["total"] for row in found["rules"]] == [graduates]


def test_today_is_the_day_on_sakhalin(run: Any) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False):
        found = answer(run("compliance", "status", "--org", "region", "--json"))
    assert found["on"] == "2026-03-02"
    assert numbers(found, "order-promotion")["total"] == 0
    assert numbers(found, "order-enrolment-10")["overdue"] == 3


def test_a_date_is_read_both_ways(run: Any) -> None:
    ask = ("compliance", "status", "--org", "65001", "--json", "--on")
    assert answer(run(*ask, "01.10.2026")) == answer(run(*ask, "2026-10-01"))


def test_since_leaves_out_what_opened_earlier(run: Any) -> None:
    ask = ("compliance", "status", "--org", "65001", *AUTUMN, "--json", "--since")
    assert numbers(answer(run(*ask, "2026-05-26")), "order-promotion")["total"] == 5
    assert numbers(answer(run(*ask, "2026-05-27")), "order-promotion")["total"] == 0


def test_the_records_behind_a_number(run: Any) -> None:
    ask = ("--org", "64754000", "--rule", "order-graduation", *AUTUMN, "--json")
    found = answer(run("compliance", "records", "--status", "overdue", *ask))
    assert len(found) == numbers(answer(run("compliance", "status", *ask)), "order-graduation")["overdue"] == 4
    one = next(row for row in found if row["school"] == "65001" and row["pupil"].startswith("Ким"))
    assert (one["due"], one["status"], one["days"], one["evidence"]) == ("2026-07-01", "overdue", 92, None)
    assert one["responsible"] == ["Секретарь", "Специалист по кадрам"]
    assert one["class"] == "9 «А»"
    assert "Состояние: просрочено на 92 календарных дня." in one["why"]
    assert answer(run("compliance", "records", "--status", "late", *ask)) == []


def test_people_read_it_too(run: Any) -> None:
    told = run("compliance", "status", "--org", "65001", *AUTUMN).stdout
    assert "МБОУ СОШ № 1 г. Холмска, на 01.10.2026" in told
    ask = ("compliance", "records", "--org", "65001", "--rule", "order-graduation", "--status", "overdue", *AUTUMN)
    assert run(*ask).stdout.endswith("Всего: 2\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("status", "--org", "99999"), "99999"),
        (("status", "--org", "64799999"), "64799999"),
        (("status", "--org", "region", "--rule", "order-nothing"), "order-nothing"),
        (("status", "--org", "region", "--rule", "lesson-topic"), "lesson-topic"),
        (("status", "--org", "region", "--on", "31.02.2026"), "31.02.2026"),
        (("status", "--org", "region", "--on", "вчера"), "вчера"),
        (("records", "--org", "65001", "--rule", "order-repeat", "--status", "forgotten"), "forgotten"),
    ],
)
def test_what_cannot_be_answered_is_one_line_and_status_2(run: Any, words: tuple[str, ...], told: str) -> None:
    result = run("compliance", *words, "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


def test_forms_are_listed(run: Any) -> None:
    listed = {form["form"]: form["title"] for form in answer(run("form", "list", "--json"))}
    assert listed == {
        "accounts": "Мониторинг передачи учётных записей",
        "movement": "Мониторинг движения обучающихся",
        "changes": "Что изменилось в соблюдении сроков",
        "school-list": "Перечень не внесённого и внесённого с опозданием",
    }


@pytest.mark.parametrize("code", ["region", "64754000", "65001"])
def test_a_form_is_printed_and_the_print_is_noted(run: Any, session: Any, tmp_path: Path, code: str) -> None:
    target = tmp_path / "new" / "form.pdf"
    assert run("form", "print", "movement", "--org", code, *AUTUMN, "-o", str(target)).exit_code == 0
    pages = PdfReader(BytesIO(target.read_bytes())).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "01.10.2026" in text
    assert "Вдовина Мария" in text
    noted = session.scalars(select(AuditEvent).where(AuditEvent.action == AuditAction.PRINT)).one()
    assert "Мониторинг движения обучающихся" in noted.record


def test_the_same_moment_prints_the_same_bytes(run: Any, tmp_path: Path) -> None:
    files = tmp_path / "one.pdf", tmp_path / "two.pdf"
    with time_machine.travel(MONDAY_MORNING, tick=False):
        for file in files:
            assert run("form", "print", "movement", "--org", "65001", *AUTUMN, "-o", str(file)).exit_code == 0
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ("nothing", "--org", "65001"),
        ("movement", "--org", "00000000"),
        ("movement", "--org", "65001", "--on", date(2026, 1, 1).strftime("%d/%m/%Y")),
    ],
)
def test_a_form_that_cannot_be_printed_is_one_line_and_status_2(run: Any, tmp_path: Path, words: Any) -> None:
    target = tmp_path / "form.pdf"
    result = run("form", "print", *words, "-o", str(target))
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert not target.exists()
