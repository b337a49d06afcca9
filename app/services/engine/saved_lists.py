"""Lists a person keeps under a name. Each sees and changes only his own."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.engine.personal import SavedList
from app.security.guard import person_of
from app.services.engine.errors import Changed, Conflict, Refused
from app.services.engine.transaction import transaction

LONGEST_NAME = 80
LONGEST_QUERY = 2000
MOST = 50
"""Saved lists of one section: more are no longer found by looking."""


def of(session: Session, route: str) -> Sequence[SavedList]:
    """The actor's own saved lists of a section, by name."""
    statement = select(SavedList).where(SavedList.account_id == person_of(session).account_id, SavedList.route == route)
    return session.scalars(statement.order_by(SavedList.name)).all()


def save(session: Session, route: str, name: str, query: str) -> SavedList:
    """Keep a list under a name; the same name again replaces it. Raises Refused; nothing is saved then."""
    name = " ".join((name or "").split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused({"name": [f"Назовите отбор: от 1 до {LONGEST_NAME} знаков."]})
    if len(query) > LONGEST_QUERY:
        raise Conflict("Условий слишком много, чтобы сохранить их. Уберите часть условий.")
    known = {saved.name: saved for saved in of(session, route)}
    if name not in known and len(known) >= MOST:
        raise Conflict(f"Сохранено уже {MOST} отборов этого раздела. Удалите ненужные.")
    saved = known.get(name) or SavedList(account_id=person_of(session).account_id, route=route, name=name)
    try:
        with transaction(session):
            saved.query = query
            session.add(saved)
    except Conflict:  # pressed twice: the other press has kept the name, this one replaces its conditions
        return save(session, route, name, query)
    return saved


def drop(session: Session, key: int) -> SavedList | None:
    """Forget one of the actor's own lists; None when there is none such."""
    own = SavedList.account_id == person_of(session).account_id
    saved = session.scalar(select(SavedList).where(SavedList.id == key, own))
    if saved is not None:
        try:
            with transaction(session):
                session.delete(saved)
        except Changed:  # pressed twice: it has gone already
            return None
    return saved
