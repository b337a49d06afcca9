"""`flask roles prove`: the walk as a command, on made-up data of its own."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.cli import proving


@pytest.mark.long
@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_the_walk_as_a_command(app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/panel.db")
    report = tmp_path / "report.txt"
    done = app.test_cli_runner().invoke(args=["roles", "prove", "--only", "nobody", "-o", str(report)])
    assert (done.exit_code, done.output.count("Отчёт: ")) == (0, 1), done.output
    lines = report.read_text(encoding="utf-8").splitlines()
    [nobody] = [line for line in lines if line.startswith("nobody | ")]
    requests, *others = map(int, nobody.split(" | ")[1:])
    assert (requests, others[1] > 100) == (sum(others), True), "without a role nearly all is refused"
    assert lines[-1] == "Расхождений: 0."


def test_what_disagrees_is_told_and_fails(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "GET /pupils/show/7: 200, expected 404"
    walked = proving.Walked("parent.65001", True, Counter(allowed=3, foreign=1), [told])
    monkeypatch.setattr(proving, "prove", lambda only, every: proving.Proof([walked], True, ""))
    done = app.test_cli_runner().invoke(args=["roles", "prove"])
    assert done.exit_code == 2
    assert "parent.65001, права изменены школой | 4 | 3 | 0 | 1 | 0" in done.output
    assert "Расхождений: 1." in done.output
    assert told in done.output


def test_without_the_tests_it_says_what_to_do(app: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(proving, "ROOT", tmp_path)
    done = app.test_cli_runner().invoke(args=["roles", "prove"])
    assert done.exit_code == 2
    assert "git clone" in done.output
    assert app.test_cli_runner().invoke(args=["roles", "prove", "--only", "x; rm"]).exit_code == 2
