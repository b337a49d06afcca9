"""The history of one record, told to whoever may see the record itself (1.7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, inspect, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import computed, kinds
from app.models.base import label_of
from app.models.computed import computed_of
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.leading import is_to_one, key_name
from app.models.references import key_of
from app.models.rows import ChildRows, rows_of
from app.security import names
from app.security.guard import system_step

LONGEST = 30
ALONG = timedelta(minutes=1)
"""Rows that the same person made so soon after the record were made with it."""
SECRET_WORDS = {"password": ("Пароль", "сменён"), "session_key": ("Сеансы", "завершены")}
"""What is told of a changed secret (app/services/engine/audit.py); of both the first says enough."""
CONFIRMED = "confirmed:"
"""Before the key of a warning among the changes of an event: somebody said that the value is right."""


def of(session: Session, obj: Any) -> list[AuditEvent]:
    """The newest events of a record. The caller has already read the record within its own scope.

    They begin with its creation: SQLite gives the number of a deleted record to the next one, and what is told of the
    former one may be another school's.
    """
    of_record = AuditEvent.entity == obj.__tablename__, AuditEvent.record_id == obj.id
    entered = select(func.max(AuditEvent.id)).where(*of_record, AuditEvent.action == AuditAction.CREATE)
    since = AuditEvent.id >= func.coalesce(entered.scalar_subquery(), 0)
    statement = select(AuditEvent).where(*of_record, since).order_by(AuditEvent.id.desc()).limit(LONGEST)
    with system_step(session, "tell the history of a record"):
        return list(session.scalars(statement))


@dataclass(frozen=True)
class Child:
    """Records that stand by themselves and are told in the history of another one."""

    model: Any
    key: str
    """Their column that names it."""
    target: str
    """Their relation to what they are about."""
    add_label: str
    seen: ColumnElement[bool] | None = None
    """Which of them the reader sees."""
    seen_gone: bool = True
    """Whether the reader sees the school's as a whole: of what was taken away no row is left to ask."""


@dataclass(frozen=True)
class OfRow:
    """An event of a row of a record (app/models/rows.py), or of what hangs on it."""

    rows: ChildRows | Child
    event: AuditEvent
    about: tuple[Any, int] | None
    """Model and number of what the row is about."""


def of_rows(session: Session, obj: Any, own: Sequence[AuditEvent]) -> list[OfRow]:
    """The newest events of a record's rows, of those that were taken away too; `own` are its own events. What came
    along with the record says no more than its creation."""
    made = next((event for event in own if event.action is AuditAction.CREATE), None)
    found: list[OfRow] = []
    with system_step(session, "tell the history of a record's rows"):
        for rows in rows_of(type(obj)).values():
            kept = Child(rows.model, key_of(rows.relation).key, "", "")
            events = [event for event in _of_child(session, obj, kept, made) if not _came_along(event, made)]
            abouts = _abouts(session, rows, events)
            found += [OfRow(rows, event, abouts.get(event.id)) for event in events]
    return found


def of_children(session: Session, obj: Any, children: Sequence[Child], own: Sequence[AuditEvent]) -> list[OfRow]:
    """The newest events of what hangs on a record, each kind as far as the reader sees it."""
    made = next((event for event in own if event.action is AuditAction.CREATE), None)
    found: list[OfRow] = []
    with system_step(session, "tell the history of what hangs on a record"):
        for child in children:
            events = _of_child(session, obj, child, made)
            abouts = _abouts(session, child, events)
            found += [OfRow(child, event, abouts.get(event.id)) for event in events]
    return found


def _of_child(session: Session, obj: Any, child: Child, made: AuditEvent | None) -> list[AuditEvent]:
    key, of_kind = getattr(child.model, child.key), AuditEvent.entity == child.model.__tablename__
    newest = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(LONGEST)
    there = select(child.model.id).where(key == obj.id, *([] if child.seen is None else [child.seen]))
    found, begun = [], set[int]()
    for event in session.scalars(newest.where(of_kind, AuditEvent.record_id.in_(there))):
        if event.record_id not in begun:  # before its creation the number was another row's
            found.append(event)
        if event.action is AuditAction.CREATE and event.record_id is not None:
            begun.add(event.record_id)
    if not child.seen_gone:
        return found
    of_record = AuditEvent.changes[(key.key, 0)].as_integer() == obj.id
    gone = of_kind, AuditEvent.action == AuditAction.DELETE, AuditEvent.school_id == obj.school_id, of_record
    since = AuditEvent.id >= (made.id if made is not None else 0)
    return [*found, *session.scalars(newest.where(*gone, since))]


def _came_along(event: AuditEvent, made: AuditEvent | None) -> bool:
    same = made is not None and event.action is AuditAction.CREATE and event.account_id == made.account_id
    return same and made is not None and abs(event.at - made.at) < ALONG


def _abouts(session: Session, rows: ChildRows | Child, events: Sequence[AuditEvent]) -> dict[int, tuple[Any, int]]:
    """Event → what its row is about: as the row stands, or as it was when it was taken away."""
    if rows.target is None:
        return {}
    relation = inspect(rows.model).relationships[rows.target]
    key, model = key_of(relation), relation.mapper.class_
    keys = [event.record_id for event in events]
    statement = select(rows.model.id, getattr(rows.model, key.key)).where(rows.model.id.in_(keys))
    stands: dict[int | None, int] = {row.id: row[1] for row in session.execute(statement)}
    gone = {event.id: event.changes[key.key][0] for event in events if _is_gone(event, key.key)}
    known = {event.id: gone.get(event.id, stands.get(event.record_id)) for event in events}
    return {event: (model, about) for event, about in known.items() if about is not None}


def _is_gone(event: AuditEvent, name: str) -> bool:
    return event.action is AuditAction.DELETE and name in event.changes


def confirmed(session: Session, rows: Sequence[Any]) -> dict[int, set[str]]:
    """Keys of the warnings that were confirmed for records of one model (app/services/engine/warnings.py), in one
    query: what was said of a former record of the same number ends with the creation of this one."""
    found: dict[int, set[str]] = {obj.id: set() for obj in rows}
    if not rows:
        return found
    of_records = AuditEvent.entity == rows[0].__tablename__, AuditEvent.record_id.in_(found)
    statement = select(AuditEvent.record_id, AuditEvent.action, AuditEvent.changes).where(*of_records)
    with system_step(session, "find what was confirmed for records"):
        for key, action, changes in session.execute(statement.order_by(AuditEvent.id)):
            if action is AuditAction.CREATE:
                found[key].clear()
            found[key] |= {name.removeprefix(CONFIRMED) for name in changes if name.startswith(CONFIRMED)}
    return found


def load_names(session: Session, model: Any, events: Iterable[AuditEvent]) -> None:
    """Read at once what the changes of these events of one kind of record lead to."""
    linked = {key_name(each): each.mapper.class_ for each in _links(model)}
    changed = [(name, pair) for event in events for name, pair in event.changes.items() if name in linked]
    names.load(session, [(linked[name], key) for name, pair in changed for key in pair if key is not None])


def _links(model: Any) -> list[Any]:
    return [each for each in inspect(model).relationships if is_to_one(each)]


def changes_in_words(model: Any, changes: dict[str, Any]) -> list[dict[str, str]]:
    """Changes in words: label, old, new, what was confirmed first."""
    known = {
        name: column for name in changes.keys() - SECRET_WORDS.keys() if (column := _column(model, name)) is not None
    }
    secrets = [
        {"label": label, "old": "", "new": new} for name, (label, new) in SECRET_WORDS.items() if name in changes
    ]
    answers = [
        {"label": "Подтверждено", "old": "", "new": new}
        for name, (_, new) in changes.items()
        if name.startswith(CONFIRMED)
    ]
    return [*answers, *secrets[:1]] + [
        {"label": label_of(model, name), "old": word(model, column, changes[name][0], name)}
        | {"new": word(model, column, changes[name][1], name)}
        for name, column in ((name, known[name]) for name in changes if name in known)
    ]


def _column(model: Any, name: str) -> Any:
    """A column, or what is computed now and was one when the change was told."""
    if (found := computed_of(model, name)) is not None:
        return found.on(model, computed.day_of(db.session))
    return inspect(model).columns.get(name)


def word(model: Any, column: Any, value: Any, name: str = "") -> str:
    """A kept value of a column, or of what is computed under that name."""
    if value is None:
        return "—"
    if words := getattr(column, "info", {}).get("words"):
        return words(value)
    target = next((each.mapper.class_ for each in _links(model) if key_name(each) == (name or column.key)), None)
    if target is not None or column.foreign_keys:
        return _record(target, value)
    try:
        return kinds.plain(kinds.unpack(column, value))
    except (TypeError, ValueError):
        return str(value)  # the column held something else then


def _record(target: Any, key: int) -> str:
    """The name of the record that a key leads to; of one that is gone its number, of a closed one nothing."""
    name = names.of(db.session, target, key) if target is not None else None
    return name or ("нет права" if target is not None and names.is_closed(target) else f"№ {key}")
