"""Generic code knows no noun of a school's day, and a noun stands under the name of its group in every layer."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.discovery import modules_of
from app.models.base import Record
from tests.architecture.source import ROOT, Module, modules

GROUPS = frozenset({
    "territory", "schools", "directories", "accounts", "people", "study", "calendars", "movement", "timetable", "plans",
    "journal", "marks", "medical", "support", "gia", "statistics", "portfolios", "publications", "messages",
    "monitoring", "corrections", "fees", "fields",
})  # fmt: skip

# Generic code.

GENERIC = ("app.panel", "app.web", "app.services.engine", "app.reports.engine", "app.exchange", "app.compliance")
TEXTS = ("panel", "web", "templates/panel", "static/panel", "compliance")
BINDINGS = "app.compliance.bindings"
"""Where the engine of the terms is told what its rules look at."""
MACHINERY = "app.models.engine"
KNOWN = {
    "School": "the scope of nearly every row",
    "Account": "who acts: the trail, the mark of a form and the corner of every page show it",
}
"""Models that generic code may name, and why."""
GROUND = {
    "Municipality": "whose duties are counted together",
    "SchoolSettings": "the working week of a school",
    "GradeWeek": "and of its grades",
    "RegionCalendarDay": "days off and working days of an act",
    "SchoolCalendarDay": "the same of a school",
    "Correction": "what has an entry judged otherwise than it was made",
    "ReadingChoice": "which reading of the regulation holds",
    "SchoolStart": "before which day nothing is owed",
    "YearEndDay": "on which day study ends where a school made no periods",
    "RegionStart": "the same of schools without a record",
    "AcademicYear": "the regulation's own measure: «до 31 августа учебного года»",
}
"""Models that the engine of the terms may name besides: what a due date is counted by."""
MORE_WORDS = ("приказ", "ученик", "педагог", "обучающ")
"""Words for nouns that are no title of a model."""


def nouns(of_terms: bool = False) -> list[type]:
    modules_of("app.models")
    known = KNOWN | GROUND if of_terms else KNOWN
    found = [mapper.class_ for mapper in Record.registry.mappers if mapper.class_.__module__.startswith("app.models")]
    return [model for model in found if model.__name__ not in known and not model.__module__.startswith(MACHINERY)]


def is_generic(module: Module) -> bool:
    if module.name.startswith(f"{BINDINGS}."):
        return False
    return any(module.name == name or module.name.startswith(f"{name}.") for name in GENERIC)


def of_terms(name: str) -> bool:
    return name.startswith("app.compliance")


@pytest.mark.parametrize("module", [each for each in modules() if is_generic(each)], ids=lambda module: module.name)
def test_generic_code_imports_no_noun(module: Module) -> None:
    of_noun = nouns(of_terms(module.name))
    places = {model.__module__ for model in of_noun}
    models = {f"{model.__module__}.{model.__name__}" for model in of_noun}
    for name in module.imports():
        assert name not in places | models, f"{module.name} imports {name}"
        assert not name.startswith(f"{BINDINGS}."), f"{module.name} imports {name}"


def stem(title: str) -> str:
    """A title in any case and number: each word but its ending."""
    return r"\s+".join(re.escape(word[: max(4, len(word) - 2)]) + "[а-яё]*" for word in title.lower().split())


def forbidden(of_terms: bool = False) -> re.Pattern[str]:
    titles = {stem(title) for model in nouns(of_terms) for title in model.__titles__} | {
        f"{word}[а-яё]*" for word in MORE_WORDS
    }
    names = {rf"{model.__name__}(?:View)?\b" for model in nouns(of_terms)}
    return re.compile(
        rf"(?<![а-яё])(?:{'|'.join(sorted(titles))})|\b(?:(?-i:{'|'.join(sorted(names))}))", re.IGNORECASE
    )


def texts() -> Iterator[Path]:
    for folder in TEXTS:
        for path in sorted((ROOT / folder).rglob("*.*")):
            if path.suffix in (".py", ".html", ".js", ".css") and not path.is_relative_to(ROOT / "compliance/bindings"):
                yield path


@pytest.mark.parametrize("path", list(texts()), ids=lambda path: str(path.relative_to(ROOT)))
def test_generic_code_templates_and_scripts_say_no_noun(path: Path) -> None:
    wanted = forbidden(path.is_relative_to(ROOT / "compliance"))
    found = [f"{number}: {line.strip()}" for number, line in _lines(path) if wanted.search(line)]
    assert found == []


@pytest.mark.parametrize("path", sorted((ROOT / "compliance").glob("*.py")), ids=lambda path: path.name)
def test_the_engine_of_the_terms_names_no_noun_in_its_code(path: Path) -> None:
    """Nor in English."""
    names = re.compile(r"(?:\b|_)(?:pupil|lesson|movement|membership|employee|school_class)s?(?:\b|_)")
    assert [line for _, line in _lines(path) if names.search(line)] == []


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    return enumerate(path.read_text(encoding="utf-8").splitlines(), 1)


def test_the_words_are_found_in_every_case() -> None:
    wanted = forbidden()
    said = ("Обучающихся в классе", "строке книги движения", "о муниципалитетах", "SchoolClassView", "сотрудником")
    assert all(wanted.search(text) for text in said)
    assert not any(wanted.search(text) for text in ("Школа", "Избранное", "position: sticky", "Добавить строку"))


# The names of groups.

ENGINE = {
    "models": {
        "engine",
        "base",
        "computed",
        "dated",
        "kinds",
        "leading",
        "names",
        "numbers",
        "judged",
        "references",
        "rows",
        "states",
        "typed",
        "papers",
        "values",
        "shared",
    },
    "services": {"engine", "demo"},
    "views": {"pages"},
    "compliance/bindings": set(),
    "reports": {"engine"},
    "demo": {"engine"},
    "regulation/rights": {"engine"},
    "templates": {"panel", "pages"},
}
"""Folders whose files are of groups; and what in them is machinery (docs/architecture.md)."""


@pytest.mark.parametrize("folder", ENGINE)
def test_files_of_nouns_bear_the_names_of_groups(folder: str) -> None:
    there = (ROOT / folder).iterdir() if (ROOT / folder).is_dir() else ()
    names = {path.stem for path in there if not path.name.startswith("__")}
    assert names - ENGINE[folder] <= GROUPS
