"""Saving and deleting any one record: one transaction, constraints told in Russian."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.models.base import label_of
from app.models.russian import plural
from app.security.guard import system_step
from app.security.resources import RESOURCES
from app.services.errors import Changed, Conflict


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
        raise _conflict(type(obj), error) from error
    except BaseException:
        session.rollback()
        raise
    return obj


def remove(session: Session, obj: Any) -> None:
    """Delete a record and commit. What depends on it forbids it: Conflict names what and how many."""
    blockers = dependants(session, obj)
    if blockers:
        raise Conflict("Запись нельзя удалить, от неё зависят: " + "; ".join(blockers) + ".")
    try:
        session.delete(obj)
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise Conflict("Запись нельзя удалить: от неё зависят другие записи.") from error
    except BaseException:
        session.rollback()
        raise


def dependants(session: Session, obj: Any) -> list[str]:
    """What points to this record, counted beyond the actor's own rows: a deletion must not depend on who looks."""
    found = []
    with system_step(session, "count what depends on a record"):
        for model, column in _references(type(obj)):
            count = session.scalar(select(func.count()).select_from(model).where(column == obj.id)) or 0
            if count:
                found.append(f"{model.__titles__[1].lower()} – {count} {plural(count, 'запись', 'записи', 'записей')}")
    return found


def _references(target: type) -> list[tuple[type, Any]]:
    """(model, column) of every many-to-one that leads here, but those that go with the record."""
    owned = {r.mapper.class_ for r in inspect(target).relationships if r.cascade.delete}
    return [
        (model, getattr(model, next(iter(relation.local_columns)).key))
        for model in RESOURCES
        if model not in owned
        for relation in inspect(model).relationships
        if relation.direction.name == "MANYTOONE" and relation.mapper.class_ is target
    ]


def _conflict(model: type, error: IntegrityError) -> Conflict:
    """Which constraint it was, told by the columns that the database names."""
    text = str(error.orig)
    for constraint in sorted(inspect(model).local_table.constraints, key=lambda c: str(c.name)):
        columns = [column.name for column in getattr(constraint, "columns", ())]
        if constraint.__visit_name__ != "unique_constraint" or "id" in columns:
            continue
        sqlite_words = ", ".join(f"{model.__tablename__}.{name}" for name in columns)
        if str(constraint.name) in text or sqlite_words in text:
            own = [name for name in columns if name != "school_id"]
            labels = ", ".join(f"«{label_of(model, name)}»" for name in own)
            return Conflict(f"Такая запись уже есть: повторяется {labels}.", own[-1] if own else "")
    if "FOREIGN KEY" in text.upper():
        return Conflict("Запись ссылается на данные другой школы или на удалённую запись. Выберите значение из списка.")
    return Conflict("Значения противоречат друг другу: проверьте даты и обязательные поля.")
