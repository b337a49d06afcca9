"""Favourites: records that a person wants at hand. Each reads and changes only his own (the guard: PERSONAL)."""

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.engine.personal import Favourite
from app.security.guard import person_of
from app.services.engine.errors import Changed, Conflict
from app.services.engine.transaction import transaction

MOST = 100
"""Favourites of one person: more are no longer «at hand»."""

Key = tuple[str, int]
"""(table, number of the record)"""


def favourites(session: Session) -> list[Key]:
    """The actor's own, the latest first."""
    own = select(Favourite.entity, Favourite.record_id).where(Favourite.account_id == person_of(session).account_id)
    return [
        (entity, key) for entity, key in session.execute(own.order_by(Favourite.added_at.desc(), Favourite.id.desc()))
    ]


def is_favourite(session: Session, entity: str, record_id: int) -> bool:
    return _one(session, entity, record_id) is not None


def toggle(session: Session, entity: str, record_id: int) -> bool:
    """Add the record or take it out; whether it is a favourite now. Raises Conflict when there are too many."""
    found = _one(session, entity, record_id)
    if found is None and len(favourites(session)) >= MOST:
        raise Conflict(f"В избранном уже {MOST} записей. Уберите ненужные.")
    with suppress(Conflict, Changed), transaction(session):  # pressed twice: the other press has done it
        if found is not None:
            session.delete(found)
        else:
            session.add(Favourite(account_id=person_of(session).account_id, entity=entity, record_id=record_id))
    return found is None


def _one(session: Session, entity: str, record_id: int) -> Favourite | None:
    own = Favourite.account_id == person_of(session).account_id
    return session.scalar(select(Favourite).where(own, Favourite.entity == entity, Favourite.record_id == record_id))
