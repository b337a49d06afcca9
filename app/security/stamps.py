"""What the guard itself writes into a record: whose it is, of which school, when and by whom it was entered."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.clock import local_date, utc_now
from app.models.base import STAMPS, Stamped
from app.models.references import key_of
from app.models.shared import is_of_region
from app.security.actor import Actor
from app.security.resources import RESOURCES
from app.security.scoping import own_rows
from app.security.zones import zone_of


def fill_owner(session: Session, actor: Actor | None) -> None:
    """A new record of who adds none but his own gets him as its owner, whatever way it came in."""
    for obj in session.new:
        for resource in RESOURCES.get(type(obj), ())[:1]:
            own = own_rows(type(obj), actor, resource) if actor is not None else None
            if own is not None and len(own[1]) == 1 and _is_nobodys(obj, own[0]):
                setattr(obj, own[0], next(iter(own[1])))


def _is_nobodys(obj: Any, column: str) -> bool:
    """Neither the key is set nor the relation that will set it."""
    relations = (each for each in inspect(type(obj)).relationships if each.direction.name == "MANYTOONE")
    owner = next((each for each in relations if key_of(each).key == column), None)
    return getattr(obj, column) is None and (owner is None or getattr(obj, owner.key) is None)


def fill_school(session: Session, actor: Actor) -> None:
    """A new record without a school gets the actor's own, when there is exactly one."""
    for obj in session.new:
        if getattr(obj, "school_id", 0) is not None:
            continue
        if is_of_region(type(obj)) or not inspect(type(obj)).columns["school_id"].nullable:
            obj.school_id = actor.default_school_id


def stamp(session: Session, actor: Actor, changed: list[Any]) -> None:
    now = utc_now()
    for obj in session.new:
        if isinstance(obj, Stamped):
            obj.entered_at, obj.entered_on = now, local_date(now, school_zone(session, getattr(obj, "school_id", None)))
            obj.entered_by, obj.entered_by_id = actor.name, actor.account_id
    for obj in changed:
        if isinstance(obj, Stamped):
            _restore_entry(session, obj)
            obj.changed_at, obj.changed_by, obj.changed_by_id = now, actor.name, actor.account_id


def entered(session: Session, school_ids: Iterable[int | None], actor: Actor) -> dict[int | None, dict[str, Any]]:
    """School → the stamps of rows that are entered there now, for rows written as a set."""
    now, who = utc_now(), {"entered_by": actor.name, "entered_by_id": actor.account_id, "version": 1}
    return {
        key: {"entered_at": now, "entered_on": local_date(now, school_zone(session, key))} | who for key in school_ids
    }


def school_zone(session: Session, school_id: int | None) -> str | None:
    """The time zone of a school: terms are judged by its local dates. None: the installation's."""
    zones = session.info.setdefault("zones", {})
    if school_id is not None and school_id not in zones:
        zones[school_id] = zone_of(session.connection(), school_id)
    return zones.get(school_id) if school_id is not None else None


def _restore_entry(session: Session, obj: Stamped) -> None:
    """Entry stamps are never editable, not even by code that tries: what was assigned is dropped."""
    names = STAMPS - {"changed_at", "changed_by", "changed_by_id", "version"}
    touched = [name for name in names if inspect(obj).attrs[name].history.has_changes()]
    if touched:
        session.expire(obj, touched)
