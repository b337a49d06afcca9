"""The walk through the panel as each account, run by a command in place of the suite (access.md, the proof).

The walk builds a small made-up region in a database of its own; the panel's own database is not opened.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WALKS = ("tests/access/test_walk.py", "tests/access/test_overridden.py")
FOLDER = "SGO_WALK_REPORT"
OWN = ("DATABASE_URL", "SECRET_KEY", "SGO_DEMO", "SGO_INSTANCE", "SGO_DEMO_TODAY")
"""Settings of the panel that the walk is not to know."""
OUTER = "PYTEST_"
"""Nor those of a run of tests in which the command is itself a test: it would take that run's databases for its own."""
HEAD = ("Кто", "запросов", "открыто", "нет права", "чужое", "замечание к запросу")


class NotHereError(LookupError):
    """The walk cannot be run here; the message is Russian."""


@dataclass
class Walked:
    """What one account met, with and without the changes of its school's rights."""

    login: str
    changed: bool
    met: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"{self.login}, права изменены школой" if self.changed else self.login

    def numbers(self) -> tuple[int, ...]:
        return self.met.total(), *(self.met[name] for name in ("allowed", "no_right", "foreign", "told"))


@dataclass
class Proof:
    """All of them; `failed` says that the walk itself found something or broke off."""

    walked: list[Walked]
    failed: bool
    said: str

    @property
    def total(self) -> Counter[str]:
        return sum((each.met for each in self.walked), Counter())

    def lines(self) -> Iterator[str]:
        yield "Обход панели под каждой учётной записью: что открыто и в чём отказано – против пункта 3.3 Регламента."
        yield " | ".join(HEAD)
        for each in [*self.walked, Walked("Всего", False, self.total)]:
            yield " | ".join([each.title, *map(str, each.numbers())])
        wrong = [f"{each.title}: {told}" for each in self.walked for told in each.wrong]
        yield f"Расхождений: {len(wrong)}." if wrong or not self.failed else "Обход не закончен:"
        yield from wrong or ([self.said] if self.failed else [])


def prove(only: str = "", every_database: bool = False) -> Proof:
    """Walk, and tell. `only` narrows it to logins that hold the word. Raises NotHereError."""
    missing = [each for each in WALKS if not (ROOT / each).exists()]
    if missing or importlib.util.find_spec("pytest") is None:
        raise NotHereError(
            "Обход запускают в рабочей копии с тестами: git clone, затем make .venv/.installed. Здесь их нет."
        )
    words = [*([only] if only else []), *([] if every_database else ["not postgresql"])]
    with tempfile.TemporaryDirectory() as folder:
        given = {name: value for name, value in os.environ.items() if name not in OWN and not name.startswith(OUTER)}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", " and ".join(words) or "test"]
        done = subprocess.run(  # noqa: S603 - the project's own walk, with nothing of anybody else's in the line
            [*command, *WALKS], cwd=ROOT, env=given | {FOLDER: folder}, capture_output=True, text=True, check=False
        )
        told = [line for file in Path(folder).glob("*.jsonl") for line in file.read_text("utf-8").splitlines()]
    return Proof(_united(map(json.loads, told)), done.returncode != 0, done.stdout[-2000:].strip())


def _united(rows: Iterable[dict[str, Any]]) -> list[Walked]:
    found: dict[tuple[str, bool], Walked] = {}
    for row in rows:
        one = found.setdefault((row["login"], row["changed"]), Walked(row["login"], row["changed"]))
        one.met.update(row["met"])
        one.wrong += row["wrong"]
    return [found[key] for key in sorted(found)]
