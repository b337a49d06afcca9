"""Changes of what a school sets for all, whoever makes them and by whatever way (deadlines.md, Entries, 2).

Every session of the application is listened to. Before a flush changes a setting it is noted how that stood when the
day began; at the commit it is told what the changes of the day do. What betters closed terms waits: until a correction
is confirmed those terms are judged by what stood. What moves open duties or worsens acts at once and is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, delete, event, insert, select, update
from sqlalchemy.orm import Session, UOWTransaction

from app.clock import local_date, utc_now
from app.compliance import mornings
from app.compliance.calendars import HELD_SETTING
from app.compliance.settings import Effect, Setting, school_of, settings
from app.models.schools import School
from app.security.guard import system_step
from app.security.stamps import school_zone

SETTING = HELD_SETTING.c
SCHOOL = School.__table__.c
CHANGED = "changed_settings"
"""In session.info: what the running transaction changes."""
Place = tuple[int, str, int]
"""The school, the setting's name, its key."""


class Telling(Protocol):
    """How corrections of settings are asked for and told."""

    def ask_of_setting(self, session: Session, act: Any, school_id: int, effect: Effect) -> int:
        """The number of a correction that waits for who controls."""

    def tell_of_setting(self, session: Session, act: Any, school_id: int, effect: Effect) -> int:
        """The number of a correction that tells of what acts at once."""

    def withdraw(self, session: Session, numbers: Any, day: date) -> None:
        """Nothing of these is left to confirm; what was asked for or told on the day is as if it had not been."""


@dataclass
class Changed:
    """What a transaction has changed: each place with the record that the change is known by."""

    places: dict[Place, Any] = field(default_factory=dict)
    days: dict[int, date] = field(default_factory=dict)


def install(session_factory: Any, telling: Telling) -> None:
    event.listen(session_factory, "before_flush", _before)
    event.listen(session_factory, "before_commit", partial(_settle, telling))
    for name in ("after_commit", "after_rollback"):
        event.listen(session_factory, name, _forget)


def effects(session: Session) -> list[Effect]:
    """What the running transaction's changes of settings do, each against what stood when the day began."""
    session.flush()
    changed = session.info.get(CHANGED)
    if changed is None:
        return []
    found = ((_todays(session, changed, place), _named(place)) for place in changed.places)
    return [
        setting.effect(session.connection(), row, changed.days[row.school_id])
        for row, setting in found
        if row is not None
    ]


def row_comes_back(session: Session, model: Any, values: Mapping[str, Any]) -> None:
    """A row is to be written past the flush."""
    for setting in settings():
        if model in setting.models:
            _note(session, setting, SimpleNamespace(**values), None)


def is_known_by(session: Session, obj: Any) -> None:
    """The record that what came back past the flush is known by."""
    if (changed := session.info.get(CHANGED)) is not None:
        changed.places = {place: act or obj for place, act in changed.places.items()}


def held_of(session: Session, obj: Any) -> list[int]:
    """The corrections because of which terms are judged by what stood before of the setting that a record is of."""
    found: set[int] = set()
    for setting in settings():
        school_id = school_of(obj) if type(obj) in setting.models else None
        key = setting.key_of(obj) if school_id is not None else None
        if school_id is not None and key is not None:
            rows = _standing(session, (school_id, setting.name, key))
            found |= {row.correction_id for row in rows if row.holds and row.correction_id is not None}
    return sorted(found)


def is_held_by(session: Session, correction_id: int) -> bool:
    """Whether terms are judged by what stood before because of it."""
    return session.connection().scalar(select(SETTING.id).where(*_held_by(correction_id)).limit(1)) is not None


def release(session: Session, correction_id: int, day: date) -> None:
    """It is confirmed: from the day on all terms are judged as the tables have it."""
    session.connection().execute(update(HELD_SETTING).where(*_held_by(correction_id)).values(until_on=day))


def _held_by(correction_id: int) -> tuple[ColumnElement[bool], ...]:
    return SETTING.correction_id == correction_id, SETTING.holds, SETTING.until_on.is_(None)


def _before(session: Session, context: UOWTransaction, instances: Any) -> None:
    touched = (*session.new, *(obj for obj in session.dirty if session.is_modified(obj)), *session.deleted)
    for setting in settings():
        of_setting = [obj for obj in touched if type(obj) in setting.models]
        for obj in sorted(of_setting, key=lambda obj: (setting.models.index(type(obj)), obj.id or 0)):
            _note(session, setting, obj, obj)


def _note(session: Session, setting: Setting, row: Any, act: Any) -> None:
    """How it stood when the day began; of a school or a year that is being added there is nothing to note."""
    school_id, key = school_of(row), setting.key_of(row)
    if school_id is None or key is None:
        return
    changed: Changed = session.info.setdefault(CHANGED, Changed())
    place = school_id, setting.name, key
    if place in changed.places:
        return
    connection = session.connection()
    day = changed.days.setdefault(school_id, local_date(utc_now(), school_zone(session, school_id)))
    entered_on = connection.scalar(select(SCHOOL.entered_on).where(SCHOOL.id == school_id))
    changed.places[place] = act
    if _todays(session, changed, place) is not None or entered_on == day:
        return
    if (stood := setting.typed(connection, school_id, key)) is not None:
        _forget_notes(session, setting, place)
        values = {"school_id": school_id, "setting": setting.name, "key": key, "stood": stood}
        made = connection.execute(insert(HELD_SETTING).values(**values, since_on=day, holds=False))
        setting.stored(connection, _row(session, (made.inserted_primary_key or (0,))[0]))


def _forget_notes(session: Session, setting: Setting, place: Place) -> None:
    """Those of other days that hold nothing have told what they had to."""
    school_id, name, key = place
    here = SETTING.school_id == school_id, SETTING.setting == name, SETTING.key == key, ~SETTING.holds
    for held_id in session.connection().scalars(select(SETTING.id).where(*here)).all():
        setting.forgotten(session.connection(), held_id)
        session.connection().execute(delete(HELD_SETTING).where(SETTING.id == held_id))


def _row(session: Session, held_id: int) -> Row[Any]:
    return session.connection().execute(select(HELD_SETTING).where(SETTING.id == held_id)).one()


def _standing(session: Session, place: Place) -> list[Row[Any]]:
    """The rows of a place that hold, or tell how the day began."""
    school_id, name, key = place
    here = SETTING.school_id == school_id, SETTING.setting == name, SETTING.key == key
    found = select(HELD_SETTING).where(*here, SETTING.until_on.is_(None)).order_by(SETTING.id)
    return list(session.connection().execute(found))


def _todays(session: Session, changed: Changed, place: Place) -> Row[Any] | None:
    return next((row for row in _standing(session, place) if row.since_on == changed.days[place[0]]), None)


def _named(place: Place) -> Setting:
    return next(each for each in settings() if each.name == place[1])


def _settle(telling: Telling, session: Session) -> None:
    session.flush()
    changed = session.info.pop(CHANGED, None)
    if changed is None:
        return
    with system_step(session, "hold what a change of settings would better"):
        for place, act in changed.places.items():
            day, setting, rows = changed.days[place[0]], _named(place), _standing(session, place)
            held = [row for row in rows if row.since_on < day]
            for row in held:
                if not setting.waits(session.connection(), row, day):
                    _change(session, row, until_on=day)
                    _withdraw(telling, session, row, day)
            for row in rows[len(held) :]:
                _tell(telling, session, setting, row, act, is_first=not held)
            mornings.anew(session, place[0])
    session.info.pop("zones", None)


def _tell(telling: Telling, session: Session, setting: Setting, row: Row[Any], act: Any, *, is_first: bool) -> None:
    """All changes of the day are one; what was told of them before is told anew. What an earlier change has not been
    confirmed to better is not made worse by taking it back."""
    effect = setting.effect(session.connection(), row, row.since_on)
    effect.worse *= is_first
    _change(session, row, holds=effect.waits, correction_id=None)
    _withdraw(telling, session, row, row.since_on)
    if effect.is_told:
        tell = telling.ask_of_setting if effect.waits else telling.tell_of_setting
        _change(session, row, correction_id=tell(session, act, row.school_id, effect))


def _withdraw(telling: Telling, session: Session, row: Row[Any], day: date) -> None:
    if row.correction_id is not None:
        telling.withdraw(session, {row.correction_id}, day)


def _change(session: Session, row: Row[Any], **values: Any) -> None:
    session.connection().execute(update(HELD_SETTING).where(SETTING.id == row.id).values(**values))


def _forget(session: Session) -> None:
    session.info.pop(CHANGED, None)
