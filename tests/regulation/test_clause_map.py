"""The map of the regulation: each duty of the text has something that serves it and a test, or says what is awaited."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.compliance import duties
from app.regulation import RegulationError
from app.regulation.clause_map import DutyOfText, duties_of_text
from app.services.monitoring import clause_map
from scripts import docs

ROOT = Path(__file__).parents[2]
FOUND = duties_of_text()
LISTED = re.findall(r"^\| ([\d.]+)", (Path(__file__).parent / "clauses_table.md").read_text("utf-8"), re.MULTILINE)


def test_each_duty_of_the_text_has_a_line() -> None:
    assert Counter(duty.clause for duty in FOUND) == Counter(LISTED)


@pytest.mark.parametrize("duty", [duty for duty in FOUND if duty.tests], ids=lambda duty: f"{duty.clause} {duty.duty}")
def test_each_test_names_its_clause(duty: DutyOfText) -> None:
    named = re.compile(rf"(?<![\d.]){re.escape(duty.clause)}(?!\.?\d)")
    assert [name for name in duty.tests if not named.search((ROOT / "tests" / name).read_text("utf-8"))] == []


def test_what_is_named_is_there(app: Any) -> None:
    assert len(clause_map.lines()) == len(FOUND)
    with app.test_request_context():
        at = app.url_map.bind("")
        for page in sorted({page for duty in FOUND for page in duty.pages}):
            at.match(page)


def test_a_judged_rule_is_no_longer_told_as_awaited() -> None:
    """Each rule that is counted stands in the map, and no line says of it that it is not."""
    lines = clause_map.lines()
    assert {rule for line in lines for rule in line.duty.rules} >= set(duties.rules())
    titles = {title for line in lines for title in line.counted}
    assert titles.isdisjoint(title for line in lines for title in line.stated)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("duty: Дело", "нет ни сведений"),
        ("duty: Дело\n    rights: [accounts]", "проверки"),
        ("duty: Дело\n    rights: [accounts]\n    awaits: чего-то", "нет проверки"),
        ("duty: Дело\n    rights: [nothing]\n    tests: [a.py]", "«nothing»"),
        ("duty: Дело\n    rules: [no-rule]\n    tests: [a.py]", "«no-rule»"),
        ("duty: Дело\n    tset: [a.py]\n    awaits: чего-то", "«tset»"),
    ],
)
def test_a_broken_line_is_told_with_its_place(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "clauses.yaml").write_text(f'duties:\n  - clause: "1.4"\n    {line}\n', encoding="utf-8")
    with pytest.raises(RegulationError, match=words) as raised:
        duties_of_text(tmp_path)
    assert raised.value.problems[0].file == "clauses.yaml"


def test_a_name_of_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    other = DutyOfText("1.4", "Дело", ("no_table",), (), (), (), {}, ("a.py",))
    monkeypatch.setattr(clause_map, "duties_of_text", lambda: (other,))
    with pytest.raises(LookupError, match=r"пункт 1\.4: «no_table» в панели нет"):
        clause_map.lines()


def test_the_page_of_docs_is_fresh() -> None:
    for name, make in docs.ABOVE.items():
        assert (ROOT / "docs" / name).read_text("utf-8") == make(), "run `make docs`"


def test_the_command_tells_the_map(app: Any) -> None:
    told = json.loads(app.test_cli_runner().invoke(args=["regulation", "map", "--json"]).stdout)
    assert [(each["clause"], each["duty"]) for each in told] == [(duty.clause, duty.duty) for duty in FOUND]
    shown = app.test_cli_runner().invoke(args=["regulation", "map"]).stdout
    assert "Ещё нет: журнал" in shown
    assert re.search(r"есть – \d+, частично – \d+, впереди – \d+", shown)


def test_whoever_has_signed_in_reads_the_map(app: Any, sign_in: Any) -> None:
    assert app.test_client().get("/regulation_map/").status_code == 302
    page = sign_in("parent.65001").get("/regulation_map/").text
    assert page.count('data-label="Пункт"') == len(FOUND)
    assert "Сроки, которые ещё не считаются" in page
    assert "/regulation_map/" in sign_in("secretary.65001").get("/help/").text
