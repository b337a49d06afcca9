"""Warnings: what is possible but unlikely is saved once a person has said that it is right.

A model's group registers one function: `@warnings.on(Pupil)`; `records.save` asks it. The answer belongs to the values
that the warning is about: other values, another question.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Doubt:
    """One warning. (`Warning` is Python's own name.)"""

    code: str
    """Stable, such as `pupil-age`: it stands in the trail."""
    words: str
    field: str = ""
    """The field of the form; `lines-0-event_date` reaches into the rows; "" is the whole record."""
    about: tuple[Any, ...] = ()
    """The values it is about, in a fixed order."""

    @property
    def key(self) -> str:
        """What a tick sends: the code and a digest of the values."""
        text = json.dumps([self.code, *map(str, self.about)], ensure_ascii=False)
        return f"{self.code}:{hashlib.sha256(text.encode()).hexdigest()[:24]}"


@dataclass(frozen=True)
class Confirmed:
    """Keys of the warnings that a person has answered with «Всё верно»."""

    keys: frozenset[str] = frozenset()

    def left(self, found: Iterable[Doubt]) -> list[Doubt]:
        return [warning for warning in found if warning.key not in self.keys]


NOTHING = Confirmed()


class Unconfirmed(Exception):
    """Nothing was saved: something is to be confirmed first. `warnings` are all that were found, answered or not."""

    def __init__(self, warnings: Sequence[Doubt]) -> None:
        super().__init__(" ".join(warning.words for warning in warnings))
        self.warnings = tuple(warnings)


Ask = Callable[[Session, Any], Iterable[Doubt]]
ASKED: dict[type, Ask] = {}


def on(model: type) -> Callable[[Ask], Ask]:
    """Register what a record of this model is asked about: `@warnings.on(Pupil)`. A record as it is to be saved goes
    in; what cannot be at all is raised as Refused."""

    def register(ask: Ask) -> Ask:
        ASKED[model] = ask
        return ask

    return register


def of(session: Session, obj: Any) -> list[Doubt]:
    """What a record as it stands would be asked about; raises Refused for what cannot be. Writes nothing."""
    ask = ASKED.get(type(obj))
    return list(ask(session, obj)) if ask is not None else []
