"""`flask regulation check` and `flask deadline due`: no database, one clear line on a wrong argument."""

import json
import shutil
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask

from app.cli.regulation import deadline_cli, regulation_cli
from app.regulation import Override, WorkCalendar

HERE = Path(__file__).parent


@pytest.fixture
def run():
    app = Flask(__name__)
    app.cli.add_command(regulation_cli)
    app.cli.add_command(deadline_cli)
    return lambda *args: app.test_cli_runner().invoke(args=list(args))


@pytest.fixture
def schools(monkeypatch):
    """The service the command asks for a school's calendar, without its database."""
    known = {"school-1": WorkCalendar(6, {date(2026, 11, 7): Override(False, "указ Губернатора")})}
    service = ModuleType("app.services.calendars")
    service.calendar_for_school = lambda code, grade=None: known[code]
    service.readings_chosen = lambda: None
    monkeypatch.setitem(sys.modules, "app.services.calendars", service)


def due(run, *args):
    result = run("deadline", "due", *args, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_due_as_json(run):
    assert due(run, "day-transfer", "2025-11-05") == [
        {
            "rule": "day-transfer",
            "clause": "3.3.3.2",
            "event": "2025-11-05",
            "due": "2025-10-31",
            "recommended": None,
            "counted": ["2025-10-31", "2025-11-01"],
            "skipped": [
                {"date": "2025-11-02", "reason": "вс"},
                {"date": "2025-11-03", "reason": "перенос с 01.11.2025"},
                {"date": "2025-11-04", "reason": "День народного единства"},
            ],
            "reading": "«Не позднее N рабочих дней до»: N-й рабочий день до назначенного дня ещё в срок",
            "confirmed": True,
        }
    ]


def test_one_item_a_date_in_the_order_asked(run):
    items = due(run, "order-promotion", "2025-03-01", "01.03.2024")
    assert [(item["due"], item["recommended"]) for item in items] == [
        ("2025-09-01", "2025-08-29"),
        ("2024-09-02", "2024-08-30"),
    ]


def test_six_day_week(run):
    assert due(run, "lesson-topic", "2026-11-06", "--week", "6")[0]["due"] == "2026-11-07"


def test_a_schools_week_and_overrides(run, schools):
    assert due(run, "lesson-topic", "2026-11-06", "--school", "school-1")[0]["due"] == "2026-11-09"
    assert due(run, "lesson-topic", "2026-11-13", "--school", "school-1")[0]["due"] == "2026-11-14"
    five = due(run, "lesson-topic", "2026-11-13", "--school", "school-1", "--week", "5")
    assert five[0]["due"] == "2026-11-16"


def test_due_as_text(run):
    result = run("deadline", "due", "order-promotion", "2024-03-01")
    assert result.exit_code == 0
    assert "Срок: 02.09.2024." in result.stdout
    assert "Рекомендуется: не позднее 30.08.2024." in result.stdout


@pytest.mark.parametrize(("args", "text"), [
    (["no-such-rule", "2026-01-01"], "неизвестное правило «no-such-rule»"),
    (["event", "2026-02-30"], "«2026-02-30» – не дата. Ожидается ДД.ММ.ГГГГ или ГГГГ-ММ-ДД."),
    (["event", "30.02.2026"], "«30.02.2026» – не дата. Ожидается ДД.ММ.ГГГГ или ГГГГ-ММ-ДД."),
    (["event", "20260201"], "«20260201» – не дата. Ожидается ДД.ММ.ГГГГ или ГГГГ-ММ-ДД."),
    (["event", "2026-02-01", "завтра"], "«завтра» – не дата. Ожидается ДД.ММ.ГГГГ или ГГГГ-ММ-ДД."),
    (["event", "2026-02-01", "--week", "7"], "учебная неделя «7»: бывает 5 или 6 дней"),
    (["event", "2026-02-01", "--school", "school-1", "--grade", "12"], "класс «12»: бывает от 1 до 11"),
    (["event", "2026-02-01", "--grade", "3"], "--grade – неделя параллели школы: нужен и --school"),
    (["event", "2099-02-01"], "дата 01.02.2099 вне календаря"),
    (["event", "2026-02-01", "--school", "nowhere"], "неизвестная школа «nowhere»"),
])  # fmt: skip
@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["text", "json"])
def test_a_wrong_argument_is_one_line_and_status_2(run, schools, args, text, as_json):
    result = run("deadline", "due", *args, *as_json)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"Ошибка: {text}")
    assert result.stderr.count("\n") == 1


def test_check_of_the_shipped_regulation(run):
    result = run("regulation", "check")
    assert result.exit_code == 0
    assert result.stdout == ("Регламент: 13 ролей, 23 правила, 19 чтений, 18 требований, 10 мониторингов, ошибок нет\n")


def test_check_as_json(run):
    found = json.loads(run("regulation", "check", "--json").stdout)
    assert found["ok"] is True
    assert (found["roles"], found["rules"], found["errors"]) == (13, 23, [])


@pytest.fixture
def broken(tmp_path) -> str:
    directory = shutil.copytree(HERE / "minimal", tmp_path / "regulation")
    shutil.copy(HERE / "broken" / "bad_date.yaml", directory / "deadlines.yaml")
    return str(directory)


def test_check_of_a_broken_directory(run, broken):
    result = run("regulation", "check", "--dir", broken)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "deadlines.yaml, строка 17: valid_from: «2022-13-01» — не дата (нужно ГГГГ-ММ-ДД)\n"


def test_check_of_a_broken_directory_as_json(run, broken):
    result = run("regulation", "check", "--dir", broken, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["errors"] == [
        {"file": "deadlines.yaml", "line": 17, "message": "valid_from: «2022-13-01» — не дата (нужно ГГГГ-ММ-ДД)"}
    ]
