"""Warnings: what is possible but unlikely is saved once a person has said that it is right.

A model's group registers one function: `@warnings.on(Pupil)`; `records.save` asks it. The answer belongs to the values
that the warning is about: other values, another question.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.services.engine.told import Card


@dataclass(frozen=True)
class Doubt:
    """One warning. (`Warning` is Python's own name.)"""

    code: str
    """Stable, such as `pupil-age`: it stands in the trail."""
    words: str
    """They stay in the trail, which others read too: no name of another record stands in them."""
    field: str = ""
    """The field of the form; `lines-0-event_date` reaches into the rows; "" is the whole record."""
    about: tuple[Any, ...] = ()
    """The values it is about, in a fixed order."""
    cards: tuple[Card, ...] = ()
    """The records it is about, as far as the person may open them."""

    @property
    def told(self) -> str:
        """The words with the names of those records, where there is no room for links."""
        return " ".join([self.words, *(f"{card.name}." for card in self.cards)])

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
        super().__init__(" ".join(warning.told for warning in warnings))
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


# Many records at once.

Gather = Callable[[Session, Sequence[Mapping[str, Any]]], Any]
GATHERED = "gathered_warnings"
"""In session.info: model → what was gathered."""


@dataclass(frozen=True)
class Gathering:
    columns: tuple[str, ...]
    gather: Gather


GATHERING: dict[type, Gathering] = {}


@dataclass
class Gathered:
    """What was read at once for many records that are asked about one after another."""

    found: Any
    place: str = ""
    """Where the present record stands, as a person calls it: «Строка 12»."""


def gathering(model: type, *columns: str) -> Callable[[Gather], Gather]:
    """Register what a model's questions read, for many records at once: `@warnings.gathering(Pupil, "snils")`. In go
    the values of these columns, one mapping a record."""

    def register(gather: Gather) -> Gather:
        GATHERING[model] = Gathering(columns, gather)
        return gather

    return register


def columns_of(model: type) -> tuple[str, ...]:
    """The columns whose values `gathered` wants."""
    return GATHERING[model].columns if model in GATHERING else ()


@contextmanager
def gathered(session: Session, model: type, values: Sequence[Mapping[str, Any]]) -> Iterator[Gathered]:
    """Records of one model are asked about in this block: what their questions read is read once."""
    one = GATHERING.get(model)
    known = Gathered(one.gather(session, values) if one is not None else None)
    before = session.info.get(GATHERED, {})
    session.info[GATHERED] = {**before, model: known}
    try:
        yield known
    finally:
        session.info[GATHERED] = before


def gathered_for(session: Session, model: type) -> Gathered | None:
    found: Gathered | None = session.info.get(GATHERED, {}).get(model)
    return found
