"""The guard at the session: reads are filtered, writes are checked, facts are stamped. It fails closed.

Views have filters of their own; they are the second layer. Nothing bypasses this one but Core selects, which live in
`app.compliance.queries` and take the actor's schools as an argument.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from app.models.computed import DAY, day_of
from app.models.engine.audit import AuditEvent
from app.models.states import Transition
from app.regulation.rights import Action, Resource
from app.security import names
from app.security.actor import SYSTEM, Actor, Holding
from app.security.resources import PERSONAL, RESOURCES
from app.security.scoping import condition

ACTOR = "actor"
STEPS = "system_steps"
MOVES = "moves"
"""In session.info: (model, number of the record) → the transition that it goes just now."""


class Denied(Exception):
    """The actor may not do this. Becomes 403; the message is Russian and names the kind of record."""

    def __init__(self, words: str, right: tuple[Resource, Action] | None = None) -> None:
        super().__init__(words)
        self.right = right
        """The right that is missing, where it is one."""


def set_actor(session: Any, actor: Actor | None) -> None:
    session.info[ACTOR], session.info[DAY] = actor, None if actor is None else actor.day
    session.info.pop("criteria", None)
    names.serve(session)


def actor_of(session: Any) -> Actor | None:
    return session.info.get(ACTOR)


def person_of(session: Any) -> Actor:
    """Who acts, where somebody must. Raises Denied where nobody has signed in."""
    actor = actor_of(session)
    if actor is None:
        raise Denied("Действие без входа в систему невозможно.")
    return actor


@contextmanager
def acting(session: Any, actor: Actor | None) -> Iterator[None]:
    """Run a block as this actor and put the previous one back."""
    before = actor_of(session)
    set_actor(session, actor)
    try:
        yield
    finally:
        set_actor(session, before)


@contextmanager
def system_step(session: Any, name: str) -> Iterator[None]:
    """What a service must read or write beyond the actor's rights, by name: stamps still carry the actor.

    Rows loaded inside stay in the session's identity map, so a step touches only what the actor's act is about.
    """
    session.flush()
    steps = session.info.setdefault(STEPS, [])
    steps.append(name)
    try:
        yield
        session.flush()
    finally:
        steps.pop()


@contextmanager
def moving(session: Any, obj: Any, transition: Transition) -> Iterator[None]:
    """What a record goes a declared transition in; app/security/states.py lets its state change nowhere else."""
    session.flush()
    moves = session.info.setdefault(MOVES, {})
    moves[type(obj), obj.id] = transition
    try:
        yield
        session.flush()
    finally:
        moves.pop((type(obj), obj.id))


def effective(session: Any) -> Actor | None:
    return SYSTEM if session.info.get(STEPS) else actor_of(session)


def install(session_factory: Any) -> None:
    """Put the guard of reading on every session of this factory; `writes` has the other half."""
    event.listen(session_factory, "do_orm_execute", _refuse_mass_writes)
    event.listen(session_factory, "do_orm_execute", _filter_reads)


def _refuse_mass_writes(state: ORMExecuteState) -> None:
    """A writing by condition passes no flush: no check of each row, no stamp, no trail. Only the system does it."""
    changes = state.is_update or state.is_delete
    table = getattr(state.statement, "table", None)
    if changes and getattr(table, "name", "") == AuditEvent.__tablename__:
        raise Denied("Журнал действий не изменяется и не удаляется.")
    actor = effective(state.session)
    if (changes or state.is_insert) and state.is_orm_statement and (actor is None or not actor.is_system):
        raise Denied("Записи изменяются только по одной.")


def _filter_reads(state: ORMExecuteState) -> None:
    if state.is_column_load or not state.is_select:
        return
    _tell_day(state)
    actor = effective(state.session)
    if actor is not None and actor.is_system:
        return
    state.statement = state.statement.options(*_criteria(state.session, actor))


def _tell_day(state: ORMExecuteState) -> None:
    """A relation that holds on a day (`models/leading.py`) is read for the day of whoever acts."""
    given = state.parameters if isinstance(state.parameters, Mapping) else {}
    state.parameters = {DAY: day_of(state.session), **given}


def _criteria(session: Session, actor: Actor | None) -> list[Any]:
    """Loader criteria of every guarded model, made once for an actor and session."""
    if "criteria" not in session.info:
        session.info["criteria"] = _criteria_of(actor) if actor is not None else _made(None)
    return session.info["criteria"]


def _criteria_of(actor: Actor) -> list[Any]:
    """They say what an account's holdings reach and nothing else: while those are equal, the next request has the same.

    Making them anew was a tenth of a page's time.
    """
    kept = _kept.get(actor.account_id)
    if kept is None or kept[0] != actor.holdings:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = _kept[actor.account_id] = actor.holdings, _made(actor)
    return kept[1]


def _made(actor: Actor | None) -> list[Any]:
    # On the root of the mapping: Flask-AppBuilder's own User is the same table as Account.
    return [
        with_loader_criteria(
            inspect(model).base_mapper.class_,
            condition(model, actor),
            include_aliases=True,
            propagate_to_loaders=True,
        )
        for model in (*RESOURCES, *PERSONAL)
    ]


MOST_KEPT = 500
"""Accounts."""
_kept: dict[int | None, tuple[tuple[Holding, ...], list[Any]]] = {}
