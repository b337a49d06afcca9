"""The history of one record, told to whoever may see the record itself (1.7)."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import kinds
from app.models.base import label_of
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.references import key_of
from app.security import names
from app.security.guard import system_step

LONGEST = 30
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
    linked = {key_of(each).key: each.mapper.class_ for each in _links(model)}
    changed = [(name, pair) for event in events for name, pair in event.changes.items() if name in linked]
    names.load(session, [(linked[name], key) for name, pair in changed for key in pair if key is not None])


def _links(model: Any) -> list[Any]:
    return [each for each in inspect(model).relationships if each.direction.name == "MANYTOONE"]


def changes_in_words(model: Any, changes: dict[str, Any]) -> list[dict[str, str]]:
    """Changes in words: label, old, new, what was confirmed first."""
    columns = inspect(model).columns
    answers = [
        {"label": "Подтверждено", "old": "", "new": new}
        for name, (_, new) in changes.items()
        if name.startswith(CONFIRMED)
    ]
    return answers + [
        {"label": label_of(model, name), "old": word(model, columns[name], old), "new": word(model, columns[name], new)}
        for name, (old, new) in changes.items()
        if name in columns
    ]


def word(model: Any, column: Any, value: Any) -> str:
    if value is None:
        return "—"
    if words := column.info.get("words"):
        return words(value)
    if column.foreign_keys:
        return _record(model, column, value)
    try:
        return kinds.plain(kinds.unpack(column, value))
    except (TypeError, ValueError):
        return str(value)  # the column held something else then


def _record(model: Any, column: Any, key: int) -> str:
    """The name of the record that a key leads to; of one that is gone its number, of a closed one nothing."""
    target = next((each.mapper.class_ for each in _links(model) if key_of(each) is column), None)
    name = names.of(db.session, target, key) if target is not None else None
    return name or ("нет права" if target is not None and names.is_closed(target) else f"№ {key}")
