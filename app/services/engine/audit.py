"""The audit trail, written in the same transaction as what it tells of (1.5, РСБ.1–3)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.util import IdentitySet

from app.clock import utc_now
from app.models.base import STAMPS
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.engine.deleted import DeletedRecord
from app.models.kinds import pack
from app.models.schools import School
from app.security.actor import SYSTEM, Actor
from app.security.guard import actor_of
from app.security.resources import RESOURCES
from app.security.writes import erased
from app.services.engine.transaction import transaction

SECRETS = frozenset({"password", "session_key"})
SILENT = (
    STAMPS
    | SECRETS
    | {"search_text", "last_login", "login_count", "fail_login_count", "failed_logins", "changed_on", "created_on"}
    | {"created_by_fk", "changed_by_fk"}
)

UNTOLD = frozenset({DeletedRecord})
"""Written only along with a deletion or a restoring, which the trail tells of itself."""


def install(session_factory: Any) -> None:
    """Write the trail of every flush of this factory's sessions."""
    event.listen(session_factory, "after_flush", _trail)


def record(
    session: Session,
    action: AuditAction,
    what: str,
    *,
    obj: Any = None,
    actor: Actor | None = None,
    changes: dict[str, Any] | None = None,
) -> None:
    """Note an act that is no change of a row: a login, a print, an export. The caller commits."""
    actor = actor or actor_of(session) or SYSTEM
    row = _row(action, actor, what[:300]) | {"changes": changes or {}}
    if obj is not None:
        row |= {"entity": type(obj).__tablename__, "record_id": obj.id, "school_id": school_of(obj)}
    else:
        row["school_id"] = actor.default_school_id
    session.execute(AuditEvent.__table__.insert(), [row])


def record_many(
    session: Session, action: AuditAction, model: Any, told: Sequence[tuple[int, str, int | None, dict[str, Any]]]
) -> None:
    """Rows of one model that were written as a set: (number, name, school, changes) of each. The caller commits."""
    actor = actor_of(session) or SYSTEM
    rows = [
        _row(action, actor, what[:300])
        | {"entity": model.__tablename__, "record_id": key, "school_id": school_id, "changes": changes}
        for key, what, school_id, changes in told
    ]
    if rows:
        session.execute(AuditEvent.__table__.insert(), rows)


def note(
    session: Session, action: AuditAction, what: str, changes: dict[str, Any] | None = None, *, obj: Any = None
) -> None:
    """Note a print or an export and commit: the act itself changed nothing."""
    with transaction(session):
        record(session, action, what, obj=obj, changes=changes)


def school_of(obj: Any) -> int | None:
    return obj.id if isinstance(obj, School) else getattr(obj, "school_id", None)


def _row(action: AuditAction, actor: Actor, what: str) -> dict[str, Any]:
    return {
        "at": utc_now(),
        "action": action,
        "account_id": actor.account_id,
        "actor": actor.name,
        "address": actor.address,
        "entity": "",
        "record_id": None,
        "record": what,
        "school_id": None,
        "changes": {},
    }


def _trail(session: Session, context: UOWTransaction) -> None:
    actor = actor_of(session) or SYSTEM
    rows = [
        _row(action, actor, _caption(obj))
        | {"entity": obj.__tablename__, "record_id": obj.id, "school_id": school_of(obj), "changes": changes}
        for action, obj, changes in _writes(session, erased(context))
    ]
    if rows:
        session.connection().execute(AuditEvent.__table__.insert(), rows)


def _writes(session: Session, gone: Sequence[Any]) -> list[tuple[AuditAction, Any, dict[str, Any]]]:
    told = RESOURCES.keys() - UNTOLD
    written = [(AuditAction.CREATE, obj, _changes(obj)) for obj in session.new if type(obj) in told]
    written += [(AuditAction.DELETE, obj, _lost(obj)) for obj in gone if type(obj) in told]
    for obj in session.dirty - IdentitySet(gone):
        changes = _changes(obj) if type(obj) in told else {}
        if changes:
            written.append((AuditAction.CHANGE, obj, changes))
    return written


def _changes(obj: Any) -> dict[str, Any]:
    """Column → [old, new]. Of a secret only that it changed."""
    found: dict[str, Any] = {}
    for attribute in inspect(obj).mapper.column_attrs:
        history = inspect(obj).attrs[attribute.key].history
        if attribute.key in SECRETS and history.has_changes():
            found[attribute.key] = [None, None]
        if attribute.key in _silent(obj) or not history.has_changes():
            continue
        old, new = (pack(values[0]) if values else None for values in (history.deleted, history.added))
        if old != new:
            found[attribute.key] = [old, new]
    return found


def _silent(obj: Any) -> frozenset[str]:
    """What is kept for comparing alone is no news."""
    return SILENT | getattr(type(obj), "__keys__", {}).keys()


def _lost(obj: Any) -> dict[str, Any]:
    """What a deleted record held, as far as it is loaded: column → [old, nothing]."""
    state = inspect(obj)
    columns = (each.key for each in state.mapper.column_attrs if each.key not in _silent(obj) | {"id"})
    return {key: [pack(state.dict[key]), None] for key in columns if state.dict.get(key) is not None}


def _caption(obj: Any) -> str:
    """What the record is called. Only from what is loaded: the trail makes no query of its own."""
    names = ("full_name", "number", "name", "title", "oktmo", "username")
    state = inspect(obj).dict
    if "last_name" in state:
        return f"{state['last_name']} {state.get('first_name') or ''}".strip()
    return next((str(state[name]) for name in names if state.get(name)), f"{obj.__titles__[0]} № {obj.id}")[:300]
