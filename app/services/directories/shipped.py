"""The region's entries that come with the program (`app/regulation/directories/<table>.yaml`)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.rows import rows_of
from app.models.shared import SharedDirectory
from app.regulation.shipped import Entry, entries_of
from app.security.resources import RESOURCES
from app.services.engine.transaction import transaction


@dataclass(frozen=True)
class Loaded:
    """What a loading did to one directory."""

    title: str
    added: int
    twins: list[str]
    """Schools' own entries called as one of the region's: nothing is merged, a person decides."""


def directories() -> list[Any]:
    """Every shared directory."""
    return [model for model in RESOURCES if issubclass(model, SharedDirectory)]


def load(session: Session) -> list[Loaded]:
    """Add the shipped entries that were never there. What an operator renamed or closed stays as it is."""
    with transaction(session):
        return [Loaded(model.__titles__[1], _add(session, model), twins(session, model)) for model in directories()]


def _add(session: Session, model: Any) -> int:
    regions = session.scalars(select(model).where(model.school_id.is_(None))).all()
    codes, names = {entry.code for entry in regions}, {entry.search_text for entry in regions}
    missing = [
        entry
        for entry in entries_of(model.__tablename__)
        if entry.code not in codes and model.search_text_of({"title": entry.title}) not in names
    ]
    session.add_all(_made(model, entry) for entry in missing)
    session.flush()
    return len(missing)


def _made(model: Any, entry: Entry) -> Any:
    """The record of a shipped entry, with its rows."""
    rows = {
        name: [declared.model(**each) for each in entry.more.get(name, ())] for name, declared in rows_of(model).items()
    }
    return model(code=entry.code, title=entry.title, **entry.more | rows)


def twins(session: Session, model: Any) -> list[str]:
    """«school: title» of the schools' own entries that are called as an entry of the region."""
    names = select(model.search_text).where(model.school_id.is_(None))
    own = select(model).where(model.school_id.is_not(None), model.search_text.in_(names))
    return [f"{entry.school}: {entry.title}" for entry in session.scalars(own.order_by(model.school_id, model.id))]
