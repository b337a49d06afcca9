"""What a check must know beyond the rows that the actor sees: whether a value is taken, who may be the same person.

Columns are read past the guard and without a flush; no record gets into the actor's session. Whoever asks tells the
actor no more than `within` allows.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, Select, inspect, select
from sqlalchemy.orm import Session

from app.regulation.rights import Action
from app.security.guard import person_of
from app.security.resources import RESOURCES
from app.security.scoping import condition


def rows(session: Session, statement: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Columns of every school's rows."""
    return session.connection().execute(statement).all()


def within(session: Session, model: Any, keys: Iterable[int]) -> frozenset[int]:
    """Those of these records whose full card the actor may open."""
    keys, key = sorted(set(keys)), inspect(model).primary_key[0]
    if not keys:
        return frozenset()
    seen = condition(model, person_of(session), Action.VIEW, RESOURCES[model][:1])
    return frozenset(session.connection().execute(select(key).where(key.in_(keys), seen)).scalars())
