"""The guard's other half: what a flush writes is within the actor's rights before it and after it, and is stamped."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.orm.util import identity_key

from app.clock import utc_now
from app.models.base import STAMPS
from app.models.engine.audit import AuditEvent
from app.models.references import key_of
from app.models.rows import ChildRows, rows_of, taken_out
from app.models.shared import is_shared
from app.regulation.rights import Action
from app.security import stamps
from app.security.actor import Actor, is_whole
from app.security.guard import MOVES, Denied, actor_of, effective
from app.security.resources import OWNERS, PERSONAL, RESOURCES
from app.security.scoping import condition


def install(session_factory: Any) -> None:
    """Check and stamp every flush of the sessions of this factory."""
    event.listen(session_factory, "before_flush", _guard_flush)
    event.listen(session_factory, "after_flush", _check_after)


def _guard_flush(session: Session, context: UOWTransaction, instances: Any) -> None:
    actor = actor_of(session) or effective(session)
    if actor is None:
        if session.new or session.dirty or session.deleted:
            raise Denied("Действие без входа в систему невозможно.")
        return
    gone = _taken_out(session)
    _touch_owners(session, gone)
    changed = [obj for obj in session.dirty if session.is_modified(obj, include_collections=False)]
    for obj in (*changed, *session.deleted):
        if isinstance(obj, AuditEvent):
            raise Denied("Журнал действий не изменяется и не удаляется.")
    _refuse_links(session)
    _check_links(session, changed)
    _check_chosen(session, changed)
    stamps.fill_owner(session, effective(session))
    stamps.fill_school(session, actor)
    _check_written(session, [*changed, *gone])
    _check_rows(session, _deleted_by_themselves(session), Action.DELETE)
    stamps.stamp(session, actor, changed)
    session.info["written"] = list(session.new), changed


def _deleted_by_themselves(session: Session) -> list[Any]:
    """Without the parts that go with their whole (`__part_of__`): the right to delete the whole is checked."""
    gone = {inspect(obj).key for obj in session.deleted}
    return [obj for obj in session.deleted if _whole_of(obj) not in gone]


def _whole_of(obj: Any) -> Any:
    """The identity of the record that this one is a part of."""
    name = getattr(type(obj), "__part_of__", "")
    if not name:
        return None
    relation = inspect(type(obj)).relationships[name]
    return identity_key(relation.mapper.class_, getattr(obj, key_of(relation).key))


def _taken_out(session: Session) -> list[Any]:
    """Rows that are no longer among the rows of their record: the flush deletes them. That is a change of the record,
    not a deletion of one, so the right to edit is asked for."""
    return [row for obj in session.dirty for name in rows_of(type(obj)) for row in taken_out(obj, name)]


def _touch_owners(session: Session, gone: list[Any]) -> None:
    """A change of a row is a change of its record: it has another version, and whoever saves an older one is told."""
    dirty = session.dirty  # gathered anew each time it is asked for
    for row in (*session.new, *dirty, *session.deleted, *gone):
        rows = OWNERS.get(type(row))
        if rows is not None and (row not in dirty or session.is_modified(row)):
            touch(session, rows, row)


def touch(session: Session, rows: ChildRows, row: Any) -> None:
    """Mark the record of a row as changed."""
    key = key_of(rows.relation).key
    with session.no_autoflush:
        number = getattr(row, key)
        owner = getattr(row, rows.parent) or (number and session.get(rows.relation.mapper.class_, number))
        if owner is not None and inspect(owner).persistent and owner not in session.deleted:
            owner.changed_at = utc_now()
            flag_modified(owner, "changed_at")  # two acts of one instant are two


def _refuse_links(session: Session) -> None:
    """Many-to-many links lead to Flask-AppBuilder's roles alone: the operator's role is the system's to give."""
    actor = effective(session)
    if actor is None or actor.is_system:
        return
    for obj in (*session.new, *session.dirty):
        state = inspect(obj)
        for relation in state.mapper.relationships:
            if relation.secondary is not None and state.attrs[relation.key].history.has_changes():
                raise Denied("Роль оператора даёт только сама система.")


def _check_after(session: Session, context: UOWTransaction) -> None:
    """After the write the row must be within the actor's scope too, and so must all that it points to."""
    gone = {id(obj) for obj in erased(context)}
    added, changed = ([obj for obj in each if id(obj) not in gone] for each in session.info.pop("written", ([], [])))
    actor = effective(session)
    _check_written(session, changed)
    _check_rows(session, added, Action.EDIT, new=True)
    if actor is not None and not actor.is_system:
        _check_targets(session, actor, [*added, *changed])


def erased(context: UOWTransaction) -> list[Any]:
    """What a flush deletes. A line taken out of its order is among them, and `session.deleted` does not know it."""
    return [state.obj() for state, (deleted, listed) in context.states.items() if deleted and not listed]


def _guarded(objects: list[Any]) -> dict[Any, list[Any]]:
    by_model: dict[Any, list[Any]] = defaultdict(list)
    for obj in objects:
        if type(obj) is not AuditEvent:
            by_model[type(obj)].append(obj)
    return by_model


def changes_of(obj: Any) -> set[str]:
    """Names of columns and relations that differ from what was loaded; the stamps, which the flush sets, aside."""
    return {attribute.key for attribute in inspect(obj).attrs if attribute.history.has_changes()} - STAMPS


def _check_written(session: Session, objects: list[Any]) -> None:
    """What is written is edited; a transition takes its own right, and that of editing for what it changes besides."""
    moves = session.info.get(MOVES, {})
    by_action: dict[Action, list[Any]] = defaultdict(list)
    for obj in objects:
        way = moves.get((type(obj), obj.id))
        if way is not None:
            by_action[way.action].append(obj)
        if way is None or changes_of(obj) - {obj.__states__.column, way.reason}:
            by_action[Action.EDIT].append(obj)
    for action, members in by_action.items():
        _check_rows(session, members, action)


def _check_rows(session: Session, objects: list[Any], action: Action, *, new: bool = False) -> None:
    """Every object stands, as the database has it now, in a row on which the actor may act, or which he may add."""
    actor = effective(session)
    if actor is not None and actor.is_system:
        return
    for model, members in _guarded(objects).items():
        if model not in RESOURCES and model not in PERSONAL:
            raise Denied("Эта запись изменяется только самой системой.")
        where = condition(model, actor, action, RESOURCES.get(model, ())[:1], new=new)
        _require(session, model, [obj.id for obj in members], where, action)


def _require(session: Session, model: Any, ids: list[int], where: Any, action: Action) -> None:
    table_id = inspect(model).primary_key[0]
    found = session.connection().execute(select(table_id).where(table_id.in_(ids), where)).scalars().all()
    if len(set(found)) != len(set(ids)):
        there = session.connection().execute(select(table_id).where(table_id.in_(ids))).scalars().all()
        if len(set(there)) != len(set(ids)):
            raise StaleDataError(f"{model.__tablename__}: deleted by somebody else in between.")
        right = (RESOURCES[model][0], action) if RESOURCES.get(model) else None
        raise Denied(f"Недостаточно прав: {action.title_ru}, «{model.__titles__[1]}».", right)


def _check_targets(session: Session, actor: Actor, written: list[Any]) -> None:
    """What is linked anew must be seen; a link that stood before may lead out of reach."""
    wanted: dict[Any, set[int]] = defaultdict(set)
    for obj in written:
        for relation in inspect(type(obj)).relationships:
            target = relation.mapper.class_
            if relation.direction.name == "MANYTOONE" and target in RESOURCES:
                key = getattr(obj, key_of(relation).key)
                changed = inspect(obj).attrs[key_of(relation).key].history.has_changes()
                if key is not None and changed:
                    wanted[target].add(key)
    for target, ids in wanted.items():
        _require(session, target, sorted(ids), condition(target, actor), Action.VIEW)


def _check_links(session: Session, changed: list[Any]) -> None:
    """Before the writing: afterwards the link itself would make one end the actor's own."""
    actor = effective(session)
    if actor is None or actor.is_system:
        return
    for obj in (*session.new, *changed):
        for name in getattr(type(obj), "__links__", ()):
            relation = inspect(type(obj)).relationships[name]
            end = getattr(obj, name)
            key = end.id if end is not None else getattr(obj, key_of(relation).key)
            if key is not None:
                _require_whole(session, actor, relation.mapper.class_, key)


def _check_chosen(session: Session, changed: list[Any]) -> None:
    """An entry of a shared directory is chosen while it is open; what was chosen before stays."""
    actor = effective(session)
    if actor is None or actor.is_system:
        return
    for obj in (*session.new, *changed):
        for relation in inspect(type(obj)).relationships:
            if relation.direction.name == "MANYTOONE" and is_shared(relation.mapper.class_):
                _require_open(session, actor, obj, relation)


def _require_open(session: Session, actor: Actor, obj: Any, relation: Any) -> None:
    attributes, column = inspect(obj).attrs, key_of(relation).key
    if not (attributes[relation.key].history.has_changes() or attributes[column].history.has_changes()):
        return
    chosen = getattr(obj, relation.key) or session.get(relation.mapper.class_, getattr(obj, column) or 0)
    if chosen is not None and chosen.is_closed(actor.today):
        raise Denied(f"Значение «{chosen}» закрыто: выберите другое.")


def _require_whole(session: Session, actor: Actor, target: Any, key: int) -> None:
    """The actor may edit the record by a role that reaches more than the own rows."""
    resource = RESOURCES[target][0]
    held = tuple(each for each in actor.holding(resource, Action.EDIT) if is_whole(each, resource, Action.EDIT))
    where = condition(target, replace(actor, holdings=held, _held={}), Action.EDIT, (resource,))
    _require(session, target, [key], where, Action.EDIT)
