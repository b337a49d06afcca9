"""Names of what records refer to: whoever has a right on a record reads them, and no more of it (access.md).

The guard hides a record that is out of reach from whatever refers to it. Its name alone is read here, past the guard,
in a session of its own on the same connection, so that nothing of it gets into the actor's session: one query for each
kind of record, however many rows refer to it. Closed records, which only their own right tells of, are read through
the guard as ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import FromClause, Select, inspect, select
from sqlalchemy.orm import Session, joinedload

from app.models import computed
from app.models.base import shown_by
from app.models.leading import by_day, key_name, relation_of
from app.models.references import NAME_BEHIND
from app.regulation import load_regulation
from app.security.resources import RESOURCES
from app.security.scoping import condition

NAMES = "names"
"""In session.info: the names read so far, by model and key; None where there is none to tell."""

Key = tuple[type, int]


def is_closed(model: Any) -> bool:
    """Whether nothing of such records, not even a name, is told beyond their own right."""
    rows = load_regulation().resources
    return model not in RESOURCES or any(rows[resource.value].closed for resource in RESOURCES[model])


def to_order_by(model: Any, actor: Any) -> FromClause:
    """The records by whose names rows may be ordered: of closed ones only those that the actor sees."""
    if is_closed(model):
        return select(model).where(condition(model, actor)).correlate(None).subquery()
    return inspect(model).local_table.alias()


def load(session: Session, wanted: Iterable[Key]) -> None:
    """Read the names of these records, one query for each model; known ones are not asked about again."""
    known, missing = _known(session), defaultdict(set)
    for model, key in wanted:
        if key not in known[model]:
            missing[model].add(key)
    for model, keys in missing.items():
        known[model] |= dict.fromkeys(keys) | _read(session, model, keys)


def of(session: Session, model: Any, key: int) -> str | None:
    """The name of one record; None where there is no such record, or a closed one out of reach."""
    load(session, [(model, key)])
    return _known(session)[model][key]


def load_for(session: Session, rows: Iterable[Any], paths: Iterable[str]) -> None:
    """Read what the shown paths of these rows lead to and the reader may not open."""
    paths, rows = list(paths), list(rows)
    _number(session, rows, paths)
    load(session, {key for row in rows for path in paths for key in _hidden(row, path.split("."))})


def hidden_key(obj: Any, name: str) -> Key | None:
    """The model and key behind a many-to-one whose record is out of the reader's reach."""
    relation = relation_of(obj, name)
    if relation is None or getattr(obj, name) is not None:
        return None
    target, key = relation.mapper.class_, getattr(obj, key_name(relation))
    return None if key is None else (target, key)


def behind(session: Session, obj: Any, name: str) -> str | None:
    """The name of what a many-to-one leads to, where the record itself is out of reach."""
    found = hidden_key(obj, name)
    return of(session, *found) if found is not None else None


def serve(session: Session) -> None:
    """Let records of this session tell the names of what they refer to. Another actor, other rights: none is known."""
    session.info.pop(NAMES, None)
    session.info[NAME_BEHIND] = partial(behind, session)


def _number(session: Session, rows: Sequence[Any], paths: Iterable[str]) -> None:
    """Of what a relation by the day leads to: one query, however many of these rows show nothing there."""
    wanted: dict[tuple[type, str], list[Any]] = defaultdict(list)
    for path in paths:
        *heads, last = path.split(".")
        for owner in _ends(rows, heads):
            relation = relation_of(owner, last)
            if relation is None or by_day(relation) is None or getattr(owner, last) is not None:
                continue
            if not computed.knows(owner, key_name(relation)):
                wanted[type(owner), key_name(relation)].append(owner)
    for (_, name), owners in wanted.items():
        computed.load(session, owners, [name], computed.day_of(session))


def _ends(rows: Sequence[Any], heads: list[str]) -> Sequence[Any]:
    for head in heads:
        rows = [further for obj in rows if (further := getattr(obj, head, None)) is not None]
    return rows


def _hidden(obj: Any, steps: list[str]) -> Iterable[Key]:
    """A computed value names the relations that it reads (`labelled(…, "employee", "pupil")`)."""
    if found := hidden_key(obj, steps[0]):
        return [found]
    if len(steps) > 1:
        further = getattr(obj, steps[0], None)
        return _hidden(further, steps[1:]) if further is not None else []
    return [key for part in shown_by(type(obj), steps[0]) if (key := hidden_key(obj, part))]


def _known(session: Session) -> dict[Any, dict[int, str | None]]:
    return session.info.setdefault(NAMES, defaultdict(dict))


def captioned(model: Any) -> Select[Any]:
    """Records of a model with what their captions read of others (`labelled(…, "school_class")`)."""
    relations = inspect(model).relationships
    parts = (part for part in shown_by(model, "caption") if part in relations)
    return select(model).options(*(joinedload(getattr(model, part)) for part in parts))


def _read(session: Session, model: Any, keys: set[int]) -> dict[int, str | None]:
    statement = captioned(model).where(model.id.in_(sorted(keys)))
    if is_closed(model):
        return {obj.id: str(obj) for obj in session.scalars(statement)}
    with Session(bind=session.connection(), autoflush=False) as unguarded:
        return {obj.id: str(obj) for obj in unguarded.scalars(statement)}
