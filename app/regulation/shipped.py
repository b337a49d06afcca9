"""The region's directory entries that come with the program: `directories/<table>.yaml`."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "directories"


@dataclass(frozen=True)
class Entry:
    """`code` names the entry for good, whatever an operator renames it to."""

    code: str
    title: str
    more: dict[str, Any] = field(default_factory=dict)
    """Other columns by name; a list of such is the rows of the entry."""


@cache
def entries_of(table: str) -> tuple[Entry, ...]:
    """The shipped entries of a directory, none where nothing is shipped."""
    path = FOLDER / f"{table}.yaml"
    found = yaml.safe_load(path.read_text(encoding="utf-8"))["entries"] if path.exists() else ()
    return tuple(Entry(each.pop("code"), each.pop("title"), each) for each in found)
