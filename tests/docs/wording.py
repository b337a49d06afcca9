"""What a user reads of the program, gathered from its sources: no comment, no docstring, no quotation of the law."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
APP = ROOT / "app"
CYRILLIC = re.compile("[а-яёА-ЯЁ]")
OF_THE_LAW = frozenset({"quote"})
"""Keys under which a YAML file quotes the regulation."""
LAW = frozenset({"monitoring.yaml", "requirements.yaml"})
"""Files in the regulation's own words."""


@cache
def of_the_program() -> dict[Path, str]:
    """File → its texts, a line each."""
    found = {}
    for kind, read in (("py", _python), ("html", _template), ("js", _script), ("yaml", _data)):
        for file in sorted(APP.rglob(f"*.{kind}")):
            if "vendor" not in file.parts and file.name not in LAW:
                found[file] = "\n".join(read(file.read_text(encoding="utf-8")))
    return found


def _python(text: str) -> Iterator[str]:
    tree = ast.parse(text)
    told = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in told:
            yield each.value


def _template(text: str) -> Iterator[str]:
    yield re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)


def _script(text: str) -> Iterator[str]:
    yield re.sub(r"(?ms:^\s*/\*.*?\*/)|(?m:^\s*//.*$)", "", text)


def _data(text: str) -> Iterator[str]:
    yield from _values(yaml.safe_load(text))


def _values(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        for key, value in told.items():
            if key not in OF_THE_LAW:
                yield from _values(value)
    elif isinstance(told, list):
        for value in told:
            yield from _values(value)
    elif isinstance(told, str):
        yield told


@cache
def of_the_guides() -> dict[Path, str]:
    """The users' guides, the tasks and what has changed; not the glossary, which names what is not said."""
    guides = [file for file in (ROOT / "docs" / "guide").glob("*.md") if file.name != "glossary.md"]
    pages = [*sorted(guides), ROOT / "docs" / "tasks.yaml", ROOT / "CHANGELOG.md"]
    return {file: file.read_text(encoding="utf-8") for file in pages}
