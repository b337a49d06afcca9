"""Records by whose entry a term is judged, declared on the model as `__judged__`.

The flush holds it (app/security/entries.py): after the day of its entry such a record is not deleted, and what changes
its trigger is a new entry beside the old one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Trigger:
    """The columns of a record that an entry states for the term."""

    day: str | None = None
    """The date from which the term runs: of the record or, if it has no such column, of the record it is a row of.
    None: the term runs from no date of the record."""
    others: tuple[str, ...] = ()
    """What else decides, of the record itself."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.day, *self.others) if self.day else self.others


@dataclass(frozen=True)
class Judged:
    """The declaration."""

    trigger: Callable[[Any], Trigger]
    """By the row of the record."""
    fixed: tuple[str, ...]
    """Whom the record is about: never changed after the day of entry."""
    instead: str
    """What to do in place of deleting."""
