"""States of records, held at every flush: a closed record is immutable, a state changes by a declared transition alone.

Whoever acts, by whatever way: form, bulk work, command, service, a row of its own. A named system step is let through.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from app.models.references import key_of
from app.models.states import States, Transition, barred_words, closed_words, is_barred, state_of, states_of
from app.security.guard import MOVES, STEPS, Denied, actor_of
from app.security.resources import RESOURCES
from app.security.writes import changes_of, erased


class Closed(Denied):
    """The record is in a closed state: it is neither changed nor deleted."""

    def __init__(self, model: Any, obj: Any) -> None:
        unseen = f"{model.__titles__[0]}: запись закрыта, изменить её нельзя."
        super().__init__(closed_words(obj) if obj is not None else unseen)


def install(session_factory: Any) -> None:
    """Hold the states on every session of this factory; after the guard, whose refusals come first."""
    event.listen(session_factory, "do_orm_execute", _refuse_conditions)
    event.listen(session_factory, "before_flush", _hold)
    event.listen(session_factory, "after_flush", _hold_rows)


@cache
def owned() -> dict[Any, tuple[Any, str]]:
    """Rows that belong to a record with states: model → (the record's model, the column that leads to it)."""
    found = {}
    for model in _stateful():
        for relation in inspect(model).relationships:
            if relation.cascade.delete and relation.uselist:
                back = next(r for r in inspect(relation.mapper.class_).relationships if r.mapper.class_ is model)
                found[relation.mapper.class_] = (model, key_of(back).key)
    return found


def _stateful() -> list[Any]:
    return [model for model in RESOURCES if states_of(model) is not None]


def _refuse_conditions(state: ORMExecuteState) -> None:
    """A writing by condition asks no record for its state, be it written with the mapping or with the table."""
    if not (state.is_insert or state.is_update or state.is_delete) or state.session.info.get(STEPS):
        return
    held = {model.__table__ for model in (*_stateful(), *owned())}
    if getattr(state.statement, "table", None) in held:
        raise Denied("Записи изменяются только по одной.")


def _hold(session: Session, context: UOWTransaction, instances: Any) -> None:
    _begin(session.new)
    if session.info.get(STEPS):
        return
    for obj in session.new:
        states = states_of(obj)
        if states is not None and state_of(obj) not in (states.initial, None):
            raise Denied(f"{obj.__titles__[0]}: новая запись не может быть в этом состоянии.")
    gone = set(map(id, session.deleted))
    for model, rows in _by_model((*session.dirty, *session.deleted)).items():
        states = model.__states__
        stored = _stored(session, model, [obj.id for obj in rows])
        for obj in (obj for obj in rows if obj.id in stored):
            _hold_one(session, states, obj, states.of(stored[obj.id]), id(obj) in gone)


def _begin(new: Iterable[Any]) -> None:
    """A new record that says nothing of its state is in the first one."""
    for obj in new:
        states = states_of(obj)
        if states is not None and states.dated is None and state_of(obj) is None:
            setattr(obj, states.column, states.initial)


def _by_model(objects: Iterable[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for obj in objects:
        if states_of(obj) is not None:
            found[type(obj)].append(obj)
    return found


def _stored(session: Session, model: Any, ids: Iterable[int]) -> dict[int, Any]:
    """What the database has in the column of the state. Of two who write to a record the second one waits here."""
    columns = inspect(model).columns
    statement = select(columns["id"], columns[model.__states__.column]).where(columns["id"].in_(sorted(ids)))
    rows = session.connection().execute(statement.order_by(columns["id"]).with_for_update(key_share=True))
    return {row.id: row[1] for row in rows}


def _hold_one(session: Session, states: States, obj: Any, before: Any, is_deleted: bool) -> None:
    changed = changes_of(obj)
    after = state_of(obj) if states.column in changed else before
    if not (changed or is_deleted):
        return
    if is_deleted or before == after:
        if before in states.closed:
            session.expire(obj)
            raise Closed(type(obj), obj)
        return
    way = session.info.get(MOVES, {}).get((type(obj), obj.id))
    if way is None or not _is_gone(way, obj, before, after):
        raise Denied(f"{obj.__titles__[0]}: состояние меняется только своей кнопкой на карточке.")
    actor = actor_of(session)
    if actor is not None and is_barred(obj, way, actor.account_id):
        raise Denied(barred_words(obj))


def _is_gone(way: Transition, obj: Any, before: Any, after: Any) -> bool:
    """Whether this change is the transition that is being gone, with its reason."""
    has_reason = not way.reason or bool(getattr(obj, way.reason))
    return has_reason and before in way.sources and after == way.target


def _hold_rows(session: Session, context: UOWTransaction) -> None:
    """After the writing, when nobody can close the record any more before this transaction ends."""
    if session.info.get(STEPS):
        return
    parents: dict[Any, set[int]] = defaultdict(set)
    for obj in (*session.new, *session.dirty, *erased(context)):
        model, column = owned().get(type(obj), (None, ""))
        if model is not None:
            parents[model] |= {key for key in inspect(obj).attrs[column].history.sum() if key is not None}
    moving = session.info.get(MOVES, {})
    for model, keys in parents.items():
        stored = _stored(session, model, {key for key in keys if (model, key) not in moving})
        for key, value in stored.items():
            if model.__states__.of(value) in model.__states__.closed:
                raise Closed(model, session.get(model, key))
