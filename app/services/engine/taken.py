"""A value of which a school, or an authority, has one: who has it already is said at its field, as far as the person
may know.

The constraint itself declares it: `UniqueConstraint("school_id", "snils", info={"taken": "СНИЛС занят"})`, the value
last. It goes on forbidding what two save at the same moment (conflicts.py).
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import UniqueConstraint, inspect, select
from sqlalchemy.orm import Session

from app.models.rows import settled
from app.security import beyond
from app.security.guard import person_of
from app.services.engine.errors import Refused
from app.services.engine.told import About, Card

SCHOOL = "school_id"
UNSEEN = "другой карточкой школы, открыть её вам нельзя: обратитесь к администратору школы."


def refuse(session: Session, obj: Any) -> None:
    """Before a record is written. Raises Refused."""
    told = {each.name: _words(session, obj, each) for each in _declared(type(obj)) if _is_new(obj, each.name)}
    if errors := {name: [words] for name, words in told.items() if words}:
        raise Refused(errors)


class _Taken(NamedTuple):
    """Of which places a value is the only one, and the beginning of what is said."""

    places: Sequence[str]
    name: str
    words: str


def _declared(model: Any) -> Iterator[_Taken]:
    for constraint in inspect(model).local_table.constraints:
        if isinstance(constraint, UniqueConstraint) and "taken" in constraint.info:
            *places, name = (column.name for column in constraint.columns)
            yield _Taken(places, name, constraint.info["taken"])


def _is_new(obj: Any, name: str) -> bool:
    return getattr(obj, name) is not None and inspect(obj).attrs[name].history.has_changes()


def _place(session: Session, obj: Any, place: str) -> int | None:
    found: int | None = settled(obj, place)
    return person_of(session).default_school_id if found is None and place == SCHOOL else found


def _words(session: Session, obj: Any, taken: _Taken) -> str:
    model = type(obj)
    there = (getattr(model, each).is_not_distinct_from(_place(session, obj, each)) for each in taken.places)
    held = select(model.id).where(*there, getattr(model, taken.name) == getattr(obj, taken.name))
    found = next((key for (key,) in beyond.rows(session, held) if key != obj.id), None)
    if found is None:
        return ""
    if not beyond.within(session, model, [found]):
        return f"{taken.words} {UNSEEN}"
    with session.no_autoflush:
        holder = str(session.get(model, found))
    return About(f"{taken.words} карточкой «{holder}».", Card(model.__tablename__, found, holder))
