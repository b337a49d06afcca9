"""Saving and deleting any one record: one transaction, constraints told in Russian."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.models.engine.deleted import DeletedRecord
from app.models.references import key_of
from app.russian import plural
from app.security.guard import system_step
from app.security.resources import RESOURCES
from app.services.engine import conflicts, trash
from app.services.engine.errors import Changed, Conflict


def save(session: Session, obj: Any) -> Any:
    """Add or update a record and commit. Raises Conflict, Changed, Denied; then nothing is saved."""
    return _write(session, obj, session.commit)


def stage(session: Session, obj: Any) -> Any:
    """The same without the commit: more is to follow in the transaction."""
    return _write(session, obj, session.flush)


def _write(session: Session, obj: Any, finish: Callable[[], None]) -> Any:
    try:
        session.add(obj)
        finish()
    except StaleDataError as error:
        session.rollback()
        raise Changed from error
    except IntegrityError as error:
        session.rollback()
        raise conflicts.told(type(obj), error) from error
    except BaseException:
        session.rollback()
        raise
    return obj


def remove(session: Session, obj: Any, then: Callable[[], None] | None = None) -> DeletedRecord:
    """Put a record in the bin and commit. What depends on it forbids it: Conflict names what and how many.

    `then` is what follows from the deletion, in the same transaction.
    """
    blockers = dependants(session, [obj])[obj.id]
    if blockers:
        session.rollback()
        raise Conflict("Запись нельзя удалить, от неё зависят: " + "; ".join(blockers) + ".")
    try:
        deleted = trash.kept(session, obj)
        session.delete(obj)
        session.flush()
        trash.put(session, deleted)
        if then is not None:
            then()
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Changed from error
    except IntegrityError as error:
        session.rollback()
        raise Conflict("Запись нельзя удалить: от неё зависят другие записи.") from error
    except BaseException:
        session.rollback()
        raise
    return deleted


def dependants(session: Session, rows: Sequence[Any]) -> dict[int, list[str]]:
    """What points to each of these records of one model, in one query for each column that leads here.

    Counted beyond the actor's own rows: a deletion must not depend on who looks.
    """
    found: dict[int, list[str]] = {obj.id: [] for obj in rows}
    with system_step(session, "count what depends on a record"):
        for model, column in _references(type(rows[0])) if rows else ():
            counts = select(column, func.count()).where(column.in_(sorted(found))).group_by(column)
            for key, count in session.execute(counts.select_from(model)):
                found[key].append(
                    f"{model.__titles__[1].lower()} – {count} {plural(count, 'запись', 'записи', 'записей')}"
                )
    return found


def _references(target: type) -> list[tuple[type, Any]]:
    """(model, column) of every many-to-one that leads here, but those that go with the record."""
    owned = {r.mapper.class_ for r in inspect(target).relationships if r.cascade.delete}
    return [
        (model, getattr(model, key_of(relation).key))
        for model in RESOURCES
        if model not in owned and model is not DeletedRecord
        for relation in inspect(model).relationships
        if relation.direction.name == "MANYTOONE" and relation.mapper.class_ is target
    ]
