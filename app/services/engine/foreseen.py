"""What an act over many records would be asked about. Nothing is written."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.models.references import key_of
from app.security.guard import Denied
from app.services.engine import bettering, history, warnings
from app.services.engine.errors import Changed, Refused
from app.services.engine.transaction import rehearsal
from app.services.engine.warnings import Doubt, Unconfirmed

MOST_REHEARSED = 100
"""Whole acts are tried and taken back, so no more of them than a preview shows. Of the rest it is told as they are
done."""


@dataclass
class Foreseen:
    """By the record's key: what is still to be confirmed, and what cannot be saved at all."""

    asked: dict[int, list[Doubt]] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)


def of(session: Session, rows: Sequence[Any], name: str, value: Any) -> Foreseen:
    """Records of one model, each as if `name` were `value`; what was answered before is not asked again."""
    found = Foreseen()
    with _gathered(session, rows):
        _ask(session, rows, name, value, found)
    doubtful = [obj for obj in rows if found.asked.get(obj.id)]
    known = history.confirmed(session, doubtful)
    found.asked = {
        obj.id: left
        for obj in doubtful
        if (left := [doubt for doubt in found.asked[obj.id] if doubt.key not in known[obj.id]])
    }
    return found


def rehearsed(
    session: Session, rows: Sequence[Any], act: Callable[[Any], Any], columns: Sequence[str] = ()
) -> Foreseen:
    """Records of one model, each as if the act were done to it alone: closed terms are bettered by whatever follows
    from it. Nothing is tried where nothing can be bettered. `columns`: those that it sets, where no others."""
    found = Foreseen()
    if rows and bettering.is_possible(session, rows, columns):
        for obj, key in [(obj, obj.id) for obj in rows[:MOST_REHEARSED]]:
            try:
                with rehearsal(session):
                    act(obj)
            except Unconfirmed as error:
                found.asked[key] = list(error.warnings)
            except Refused as error:
                found.refused[key] = str(error)
            except (Changed, Denied):
                continue
    return found


def _ask(session: Session, rows: Sequence[Any], name: str, value: Any, found: Foreseen) -> None:
    for obj in rows:
        with _supposed(session, obj, name, value):
            try:
                found.asked[obj.id] = warnings.of(session, obj)
            except Refused as error:
                found.refused[obj.id] = str(error)


def _gathered(session: Session, rows: Sequence[Any]) -> AbstractContextManager[Any]:
    if not rows:
        return nullcontext()
    model = type(rows[0])
    return warnings.gathered(
        session, model, [{each: getattr(obj, each) for each in warnings.columns_of(model)} for obj in rows]
    )


@contextmanager
def _supposed(session: Session, obj: Any, name: str, value: Any) -> Iterator[None]:
    """The record with another value, a relation's key along with it; afterwards as it was, never flushed."""
    relation = inspect(type(obj)).relationships.get(name)
    values = {name: value}
    if relation is not None:
        values[key_of(relation).key] = None if value is None else value.id
    before = {each: getattr(obj, each) for each in values}
    with session.no_autoflush:
        try:
            for each, new in values.items():
                setattr(obj, each, new)
            yield
        finally:
            for each, old in before.items():
                setattr(obj, each, old)
