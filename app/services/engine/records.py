"""Saving and deleting any one record: one transaction, warnings asked, constraints told in Russian."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from app.models.engine.deleted import DeletedRecord
from app.models.references import key_of
from app.models.rows import follow, rows_of, taken_out
from app.russian import plural
from app.security.guard import system_step
from app.security.resources import RESOURCES
from app.services.engine import bettering, confirming, taken, trash, warnings
from app.services.engine.coherence import Misfit
from app.services.engine.errors import Conflict, Refused
from app.services.engine.transaction import is_open, transaction
from app.services.engine.warnings import NOTHING, Confirmed


def save(session: Session, obj: Any, confirmed: Confirmed = NOTHING) -> Any:
    """Add or update a record and commit. Raises Conflict, Changed, Denied, Unconfirmed; then nothing is saved."""
    with transaction(session, confirmed):
        stage(session, obj)
        confirm(session, obj)
    return obj


def stage(session: Session, obj: Any) -> Any:
    """Write without the commit: more is to follow in the transaction that is open. Rows taken out go to the bin.
    Raises Refused for a value that is taken."""
    if not is_open(session):
        raise RuntimeError("what is staged belongs to a transaction")
    taken.refuse(session, obj)
    with session.no_autoflush:
        follow(obj)
        gone = [trash.kept_row(session, obj, row) for name in rows_of(type(obj)) for row in taken_out(obj, name)]
    session.add(obj)
    try:
        session.flush()
    except Misfit as error:
        raise Refused(error.placed(obj)) from error
    for deleted in gone:
        trash.put(session, deleted)
    return obj


def confirm(session: Session, obj: Any) -> None:
    """Ask what a record's group warns of (`warnings.on`), and whether closed terms are to be bettered; note the answers
    in the trail. Raises Unconfirmed."""
    confirming.require(session, obj, [*warnings.of(session, obj), *bettering.doubts(session)])


def remove(session: Session, obj: Any, then: Callable[[], None] | None = None) -> DeletedRecord:
    """Put a record in the bin and commit. What depends on it forbids it: Conflict names what and how many; whether
    closed terms are to be bettered is asked as of a change: Unconfirmed.

    `then` is what follows from the deletion, in the same transaction.
    """
    with transaction(session, forbidden="Запись нельзя удалить: от неё зависят другие записи."):
        blockers = dependants(session, [obj])[obj.id]
        if blockers:
            raise Conflict("Запись нельзя удалить, от неё зависят: " + "; ".join(blockers) + ".")
        deleted = trash.kept(session, obj)
        session.delete(obj)
        session.flush()
        trash.put(session, deleted)
        if then is not None:
            then()
        confirming.require(session, obj, bettering.doubts(session))
    return deleted


def dependants(session: Session, rows: Sequence[Any]) -> dict[int, list[str]]:
    """What points to each of these records of one model, in one query for each column that leads here.

    Counted beyond the actor's own rows: a deletion must not depend on who looks.
    """
    found: dict[int, list[str]] = {obj.id: [] for obj in rows}
    with system_step(session, "count what depends on a record"):
        for model, column in _references(type(rows[0])) if rows else []:
            counts = select(column, func.count()).where(column.in_(sorted(found))).group_by(column)
            for key, count in session.execute(counts.select_from(model)):
                found[key].append(
                    f"{model.__titles__[1].lower()} – {count} {plural(count, 'запись', 'записи', 'записей')}"
                )
    return found


def _references(target: Any) -> list[tuple[Any, Any]]:
    """(model, column) of every many-to-one that leads here, but those that go with the record."""
    owned = {r.mapper.class_ for r in inspect(target).relationships if r.cascade.delete}
    return [
        (model, getattr(model, key_of(relation).key))
        for model in RESOURCES
        if model not in owned and model is not DeletedRecord
        for relation in inspect(model).relationships
        if relation.direction.name == "MANYTOONE" and relation.mapper.class_ is target
    ]
