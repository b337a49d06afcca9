"""What a record must be in itself and beside others, held at every flush, whoever writes and by whatever way.

A group registers its judges. `alone` judges a record before it is written and says in words, at a column, what a CHECK
of the table says as well. `among` judges records as the database has them once everything of the flush is written, so
several may change places at once; it holds what a table cannot say. Only what is written anew is judged: what broke a
rule before there was one waits until somebody changes it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, UOWTransaction

from app.security.resources import OWNERS
from app.security.writes import changes_of
from app.services.engine.errors import Refused

Found = tuple[Any, str, str]
"""(record, column, words)"""
Alone = Callable[[Any], Iterable[tuple[str, str]]]
Among = Callable[[Session, list[Any]], Iterable[Found]]

ALONE: dict[type, tuple[frozenset[str], Alone]] = {}
AMONG: dict[type, tuple[frozenset[str], Among]] = {}


class Misfit(Refused):
    """Values that cannot be, each at a column of one record; nothing is written."""

    def __init__(self, found: Iterable[Found]) -> None:
        # Where a row stands is asked now: what is taken back knows nothing of it any more.
        self.found = [(_row_of(record), column, words) for record, column, words in found]
        super().__init__(self.placed(None))

    def placed(self, obj: Any) -> dict[str, list[str]]:
        """Where a form of this record tells it: at its own field, at that of its row (`lines-0-event_date`)."""
        errors: dict[str, list[str]] = defaultdict(list)
        for (owner, place), column, words in self.found:
            errors[(place if owner is obj else "") + column].append(words)
        return dict(errors)


def _row_of(record: Any) -> tuple[Any, str]:
    """The record whose row this one is, as far as both are at hand, and how its form calls the row."""
    rows = OWNERS.get(type(record))
    owner = inspect(record).dict.get(rows.parent) if rows is not None else None
    kept = inspect(owner).dict.get(rows.name, ()) if rows is not None and owner is not None else ()
    return (owner, f"{rows.name}-{kept.index(record)}-") if rows is not None and record in kept else (None, "")


def alone(model: type, *columns: str) -> Callable[[Alone], Alone]:
    """Register what a record of this model must be in itself, wherever one of these columns is written."""

    def register(judge: Alone) -> Alone:
        ALONE[model] = frozenset(columns), judge
        return judge

    return register


def among(model: type, *columns: str) -> Callable[[Among], Among]:
    """Register what records of this model must be beside others, wherever one of these columns is written."""

    def register(judge: Among) -> Among:
        AMONG[model] = frozenset(columns), judge
        return judge

    return register


def install(session_factory: Any) -> None:
    """Hold it on every session of this factory; after the guard, whose refusals come first."""
    event.listen(session_factory, "before_flush", _judge_alone)
    event.listen(session_factory, "after_flush", _judge_among)


def _judge_alone(session: Session, context: UOWTransaction, instances: Any) -> None:
    found = [
        (obj, column, words)
        for model, (columns, judge) in ALONE.items()
        for obj in _written(session, model, columns)
        for column, words in judge(obj)
    ]
    if found:
        raise Misfit(found)


def _judge_among(session: Session, context: UOWTransaction) -> None:
    _require(session, {model: _written(session, model, columns) for model, (columns, _) in AMONG.items()})


def require(session: Session, obj: Any) -> None:
    """The same for a record that was written past the flush. Raises Misfit."""
    _require(session, {type(obj): [obj]})


def _require(session: Session, written: Mapping[Any, list[Any]]) -> None:
    asked = [(AMONG[model][1], rows) for model, rows in written.items() if rows and model in AMONG]
    if found := [each for judge, rows in asked for each in judge(session, rows)]:
        raise Misfit(found)


def _written(session: Session, model: type, columns: frozenset[str]) -> list[Any]:
    new = [obj for obj in session.new if type(obj) is model]
    dirty = [obj for obj in session.dirty if type(obj) is model and changes_of(obj) & columns]
    return [*new, *dirty]
