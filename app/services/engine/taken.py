"""A value of which a school has one: who has it already is said at its field, as far as the person may know.

The constraint itself declares it: `UniqueConstraint("school_id", "snils", info={"taken": "СНИЛС занят"})`. It goes on
forbidding what two save at the same moment (conflicts.py).
"""

from collections.abc import Iterator
from typing import Any

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
    told = {name: [_words(session, obj, name, words)] for name, words in _declared(type(obj)) if _is_new(obj, name)}
    errors: dict[str, list[str]] = {name: [each for each in found if each] for name, found in told.items()}
    if any(errors.values()):
        raise Refused({name: found for name, found in errors.items() if found})


def _declared(model: Any) -> Iterator[tuple[str, str]]:
    """(column, beginning of what is said)."""
    for constraint in inspect(model).local_table.constraints:
        if isinstance(constraint, UniqueConstraint) and "taken" in constraint.info:
            yield next(column.name for column in constraint.columns if column.name != SCHOOL), constraint.info["taken"]


def _is_new(obj: Any, name: str) -> bool:
    return getattr(obj, name) is not None and inspect(obj).attrs[name].history.has_changes()


def _words(session: Session, obj: Any, name: str, words: str) -> str:
    model = type(obj)
    school = settled(obj, SCHOOL) or person_of(session).default_school_id
    held = select(model.id).where(model.school_id == school, getattr(model, name) == getattr(obj, name))
    found = next((key for (key,) in beyond.rows(session, held) if key != obj.id), None)
    if found is None:
        return ""
    if not beyond.within(session, model, [found]):
        return f"{words} {UNSEEN}"
    with session.no_autoflush:
        holder = str(session.get(model, found))
    return About(f"{words} карточкой «{holder}».", Card(model.__tablename__, found, holder))
