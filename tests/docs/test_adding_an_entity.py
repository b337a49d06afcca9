"""The pages «Adding an entity …», followed literally in a copy of the project; the checks run on both databases."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = (ROOT / "docs" / "adding_an_entity.md", ROOT / "docs" / "adding_an_entity_with_rows.md")
COPIED = (
    "app",
    "migrations",
    "config.py",
    "run.py",
    "pyproject.toml",
    "docs/guide",
    "docs/regulation",
    "tests/support",
)
ADDED = {
    "checks.py": "tests/test_entity.py",
    "rows_checks.py": "tests/test_entity_with_rows.py",
    # Beside the page's example a table with a column of each kind: no noun of the panel has them all.
    "kinds_checks.py": "tests/test_kinds.py",
    "kinds_model.py": "app/models/samples.py",
    "kinds_view.py": "app/views/samples.py",
}
STEP = re.compile(r"`(app/[\w/]+\.\w+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
RIGHTS = "app/regulation/rights.py"
FILES = {RIGHTS} | {
    file.format(group)
    for group in ("trainings", "outings")
    for file in (
        "app/regulation/rights/{}.yaml",
        "app/models/{}.py",
        "app/views/{}.py",
        "migrations/versions/*_{}.py",
    )
}
"""All that an entity with a right of its own costs, with the file of `Resource`: five."""
COMMANDS = re.compile(r"```sh\n(.*?)```", re.DOTALL)
BY_HAND = re.compile(r"```migration\n(.*?)```", re.DOTALL)
FLASK = Path(sys.executable).parent / "flask"


def copy_of_the_project(folder: Path) -> None:
    for name in COPIED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    shutil.copy(ROOT / "tests" / "conftest.py", folder / "tests")
    shutil.copy(ROOT / "tests" / "panel" / "reading.py", folder / "tests" / "support" / "reading.py")
    for source, target in ADDED.items():
        shutil.copy(ROOT / "tests" / "docs" / "entity" / source, folder / target)


def follow(page: str, folder: Path) -> None:
    """Whole files, but for the right: a member at the end of an enum that is there."""
    for name, code in STEP.findall(page):
        file = folder / name
        if name == RIGHTS:
            before, start, after = file.read_text(encoding="utf-8").partition("class Resource(")
            members, end, rest = after.partition("\n\n\n")
            code = f"{before}{start}{members}\n{code.rstrip()}{end}{rest}"
        file.write_text(code, encoding="utf-8")


def touched(folder: Path) -> set[str]:
    """What the copy has that the project has not, or has otherwise; a migration by its name without the date."""
    files = (
        file for file in folder.rglob("*.*") if file.is_file() and file.suffix not in (".pyc", ".db", ".migrating")
    )
    other = {str(file.relative_to(folder)) for file in files if not _same(ROOT / file.relative_to(folder), file)}
    return {re.sub(r"versions/[\w-]+_", "versions/*_", name) for name in other}


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and one.read_bytes() == other.read_bytes()


SECOND = """
from app.panel.view import RecordView
from app.models.trainings import Training
from app.regulation.rights import Resource
from app.views.trainings import TrainingView

TrainingView.main = True


class LongTrainingView(RecordView, model=Training):
    resource = Resource.TRAININGS
    route = "long_trainings"
    guide, clause = "secretary", "3.3.4.2"
    title_many = "Длинные курсы"
    list_columns = ["title", "hours"]
    filter_columns = ["employee"]

    def narrowing(self):
        return [Training.hours >= 100]
"""
"""A second full view of the model under the same right, some folders below: found, and the first one stays."""


def add_second_view(folder: Path) -> None:
    deep = folder / "app" / "views" / "more" / "deeper"
    deep.mkdir(parents=True)
    (deep / "long.py").write_text(SECOND, encoding="utf-8")


def make_tables(page: str, folder: Path) -> None:
    """The commands of the page, and between them what its author writes into the script by hand."""
    for command in COMMANDS.search(page)[1].strip().splitlines():
        run(folder, str(FLASK), *command.split()[1:])
        if (lines := BY_HAND.search(page)) and command.startswith("flask db migrate"):
            [script] = (folder / "migrations" / "versions").glob(f"*_{command.split()[-1]}.py")
            add_lines(script, lines[1])


def add_lines(script: Path, lines: str) -> None:
    head, end, rest = script.read_text(encoding="utf-8").partition("    # ### end Alembic commands ###\n")
    imported = head.replace("import sqlalchemy", "from migrations.periods import forbid_overlap\nimport sqlalchemy", 1)
    script.write_text(imported + end + lines + rest, encoding="utf-8")


def alone() -> dict[str, str]:
    """The tests of the copy are a run of their own: what this run's workers share is not theirs."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST_")}


def run(folder: Path, *command: str) -> None:
    settings = {
        "FLASK_APP": "app.cli.deferred",
        "DATABASE_URL": f"sqlite:///{folder}/entity.db",
        "SECRET_KEY": "only for tests, and for nothing else",
    }
    done = subprocess.run(command, cwd=folder, env={**alone(), **settings}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_the_pages_give_what_they_say(tmp_path: Path, site: Any) -> None:
    copy_of_the_project(tmp_path)
    shutil.copy(site.database.template, tmp_path / "entity.db")  # the database of a panel that is in use
    for page in (each.read_text(encoding="utf-8") for each in PAGES):
        follow(page, tmp_path)
        make_tables(page, tmp_path)
    added = {*ADDED.values(), "tests/support/reading.py"}
    assert touched(tmp_path) - added == FILES
    add_second_view(tmp_path)
    checks = ("tests/test_entity.py", "tests/test_entity_with_rows.py", "tests/test_kinds.py")
    run(tmp_path, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *checks)


def test_a_file_that_cannot_be_imported_stops_the_start(tmp_path: Path) -> None:
    copy_of_the_project(tmp_path)
    broken = tmp_path / "app" / "models" / "more" / "broken.py"
    broken.parent.mkdir()
    broken.write_text("from app.models.people import Nobody\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "import run"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "SECRET_KEY": "only for tests, and for nothing else", "DATABASE_URL": "sqlite://"},
    )  # fmt: skip
    assert done.returncode != 0
    assert "broken.py" in done.stderr
