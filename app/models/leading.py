"""To-one references, by a column or by the day.

Most have a column with the other record's number. Of one that holds on a day (the class of a pupil) a computed column
tells the number, and the relation says which: `info={"by_day": "class_id"}`.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, inspect
from sqlalchemy.orm import RelationshipProperty

from app import clock
from app.models.computed import DAY, Computed, among, computed_of
from app.models.references import key_of

Relation = RelationshipProperty[Any]
BY_DAY = "by_day"


def local_day() -> Any:
    """The day of a relation that holds on a day. The guard at the session gives it that of whoever acts."""
    return bindparam(DAY, type_=Date, callable_=clock.today)


def by_day(relation: Relation) -> Computed | None:
    """The computed column that tells where a relation leads on a day; None: a column of the table does."""
    name = relation.info.get(BY_DAY)
    return computed_of(relation.parent.class_, name) if name else None


def is_to_one(relation: Relation | None) -> bool:
    return relation is not None and (relation.direction.name == "MANYTOONE" or by_day(relation) is not None)


def leads_to(relation: Relation, keys: Iterable[int] | Select[Any], today: date) -> ColumnElement[bool]:
    """The records whose reference leads to one of these."""
    model, found = relation.parent.class_, by_day(relation)
    wanted = keys if isinstance(keys, Select) else list(keys)
    if found is not None:
        return among(found, model, today, wanted)
    condition: ColumnElement[bool] = getattr(model, key_of(relation).key).in_(wanted)
    return condition


def key_on(relation: Relation, owner: Any, today: date) -> Any:
    """The number of the record that a reference leads to, as SQL over the columns of its owner."""
    found = by_day(relation)
    return owner[key_of(relation).key] if found is None else found.on(owner, today)


def may_be_empty(relation: Relation) -> bool:
    return by_day(relation) is not None or bool(key_of(relation).nullable)


def is_empty(relation: Relation, today: date) -> ColumnElement[bool]:
    """The records whose reference leads nowhere."""
    model, found = relation.parent.class_, by_day(relation)
    if found is not None:
        return found.on(model, today).is_(None)
    condition: ColumnElement[bool] = getattr(model, key_of(relation).key).is_(None)
    return condition


def key_name(relation: Relation) -> str:
    """The attribute of a record that holds the number of what its reference leads to."""
    name: str = relation.info.get(BY_DAY) or key_of(relation).key
    return name


def relation_of(obj: Any, name: str) -> Relation | None:
    """The to-one relation of a mapped object by that name."""
    state = inspect(obj, raiseerr=False)
    relation = state.mapper.relationships.get(name) if state is not None else None
    return relation if is_to_one(relation) else None
