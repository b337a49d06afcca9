"""Saving an entry of a directory that the region and the schools share."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.shared import SharedDirectory
from app.security.guard import person_of, system_step
from app.services.engine import records
from app.services.engine.errors import Conflict, Refused
from app.services.engine.warnings import NOTHING, Confirmed

SHIPPED = "Значение поставляется с программой и не удаляется. Закройте его: впишите день в поле «Закрыта с»."

OF_SCHOOLS = "У региона таких записей нет: каждая школа ведёт свои."


def save(session: Session, entry: SharedDirectory, confirmed: Confirmed = NOTHING) -> Any:
    """Add or change an entry. Raises Refused where the name is taken by the region or by the school itself."""
    with session.no_autoflush:
        if entry.school_id is None and entry.id is None:
            entry.school_id = person_of(session).default_school_id
        if entry.school_id is None and entry.__of_schools__:
            raise Refused({"title": [OF_SCHOOLS]})
        _refuse_taken(session, entry)
    return records.save(session, entry, confirmed)


def refuse_shipped(entry: SharedDirectory) -> None:
    """A shipped entry is closed, never deleted: the next start would bring it back. Raises Conflict."""
    for words in obstacles(entry):
        raise Conflict(words)


def obstacles(entry: SharedDirectory) -> list[str]:
    """What forbids deleting an entry besides what names it."""
    return [SHIPPED] if entry.code else []


def _refuse_taken(session: Session, entry: SharedDirectory) -> None:
    """The same name in any spelling: the region's, or another of the same owner."""
    model: Any = type(entry)
    folded = model.search_text_of({"title": entry.title})
    with system_step(session, "look for a directory's entry of the same name"):
        same_owner = model.school_id == entry.school_id if entry.school_id else model.school_id.is_(None)
        among = model.reached_from(entry.school_id) if entry.school_id else same_owner
        found = session.scalar(select(model).where(model.search_text == folded, among, model.id != (entry.id or 0)))
    if found is not None:
        raise Refused({"title": [_words(found)]})


def _words(found: SharedDirectory) -> str:
    if found.school_id is not None:
        return f"Такая запись уже есть: «{found.title}»."
    closed = f" ({found.state})" if found.closed_on else ""
    return f"Такая запись уже есть в справочнике региона: «{found.title}»{closed}. Выбирайте её, своя не нужна."
