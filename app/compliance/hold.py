"""What betters a closed term waits, whoever acts and by whatever way (deadlines.md, Entries, 2).

Every session of the application is listened to. Before an act touches anybody it is noted what fails of him; at the end
of the transaction it is asked again. What would fail no longer, or by fewer days, stands as it stood (`held_fact`), and
a correction waits for who controls. How corrections are asked for is told by a layer above (`Asking`).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import Any, Protocol

from sqlalchemy import Row, delete, event, insert, select, update
from sqlalchemy.orm import Session, UOWTransaction

from app.compliance.duties import Ground, bindings_of, rules
from app.compliance.held import HELD, Key, key_of
from app.compliance.mornings import OF_DUTY, Morning, Standing, failing, mornings
from app.security.guard import system_step

Card = tuple[str, int]
"""Its table and number."""
TOUCH = "touch"
"""In session.info: what the running transaction touches."""


class Asking(Protocol):
    """How corrections are asked for."""

    def ask(self, session: Session, act: Any, school_id: int, rules: Sequence[str]) -> int:
        """The number of a correction that waits for who controls: the record that the act is known by, and the rules
        of the duties that it betters."""

    def withdraw(self, session: Session, numbers: Collection[int], day: date) -> None:
        """Nothing of these is left to confirm; what was asked for on the day is as if it had not been."""


@dataclass
class Found:
    """What the act would better, and what becomes of the facts of its cards that are held."""

    bettered: list[Standing] = field(default_factory=list)
    standing: set[Key] = field(default_factory=set)
    """Duties of which something goes on being held."""
    covered: list[Row[Any]] = field(default_factory=list)
    """Held facts that are no longer needed: the tables tell as bad again."""


@dataclass
class Touch:
    """What a transaction has touched: the cards as they stood, and the record that the act is known by."""

    cards: dict[Card, Morning] = field(default_factory=dict)
    seen: set[tuple[str, Any, int]] = field(default_factory=set)
    act: Any = None
    told: set[Key] = field(default_factory=set)
    """Duties that whoever acts was asked about."""
    found: Found | None = None
    """As long as nothing has been written since."""

    def day_of(self, about: str, card: int) -> date:
        return self.cards[about, card].day


def install(session_factory: Any, asking: Asking) -> None:
    """Hold what betters on every session of this factory; the refusals of guard and entries come first."""
    event.listen(session_factory, "before_flush", _before)
    event.listen(session_factory, "before_commit", partial(_settle, asking))
    for name in ("after_commit", "after_rollback"):
        event.listen(session_factory, name, _forget)


def newly_bettered(session: Session) -> list[Standing]:
    """What the running transaction would better so far, and was not asked for before: it will be held at its end."""
    session.flush()
    touch: Touch | None = session.info.get(TOUCH)
    if touch is None:
        return []
    found = _found(session, touch)
    new = [each for each in found.bettered if each.key not in found.standing | touch.told]
    touch.told |= {each.key for each in new}
    return new


def row_comes_back(session: Session, model: Any, values: Mapping[str, Any]) -> None:
    """A row is to be written past the flush: note first how those stand whom it is about."""
    for about, ground in grounds():
        if ground.model is model and ground.relation:
            _note(session, about, _through(session, ground, {values[f"{ground.relation}_id"]}))


def is_known_by(session: Session, obj: Any) -> None:
    """The record that the running act is known by, where the flush does not meet it first."""
    touch = session.info.setdefault(TOUCH, Touch())
    touch.act = touch.act or obj


def is_confirmed(session: Session) -> None:
    """What the transaction has done so far is what was confirmed: nothing of it waits."""
    session.flush()
    session.info.pop(TOUCH, None)


def release(session: Session, correction_id: int, day: date) -> None:
    """It is confirmed: from the day on the duties are as the tables tell them."""
    ended = HELD.c.correction_id == correction_id, HELD.c.until_on.is_(None)
    session.connection().execute(update(HELD).where(*ended).values(until_on=day))


@cache
def grounds() -> list[tuple[str, Ground]]:
    """Each ground of a binding with the table of the cards that its rows bear on."""
    return [(each.about, ground) for each in bindings_of(rules()) for ground in each.grounds]


def _before(session: Session, context: UOWTransaction, instances: Any) -> None:
    for about, ground in grounds():
        gone = [obj for obj in session.deleted if type(obj) is ground.model]
        touched = (obj for obj in (*session.new, *session.dirty) if type(obj) is ground.model)
        written = [obj for obj in touched if ground.tells(obj)]
        if gone or written:
            touch = session.info.setdefault(TOUCH, Touch())
            touch.act, touch.found = touch.act or (*written, *gone)[0], None
            _note(session, about, _cards(session, touch, about, ground, written, gone))


def _cards(session: Session, touch: Touch, about: str, ground: Ground, written: list[Any], gone: list[Any]) -> set[int]:
    """Whom rows are about, as the database has them and as they will be."""
    named = {key for obj in written if (key := ground.card_of(obj)) is not None}
    found = _through(session, ground, named)
    stored = {(about, ground.model, obj.id) for obj in (*written, *gone) if obj.id is not None} - touch.seen
    touch.seen |= stored
    if stored:
        found |= set(session.connection().scalars(ground.cards(sorted(key for *_, key in stored))))
    return found


def _through(session: Session, ground: Ground, named: set[int]) -> set[int]:
    if ground.through is None or not named:
        return named
    return set(session.connection().scalars(ground.through(sorted(named))))


def _note(session: Session, about: str, cards: set[int]) -> None:
    touch = session.info.setdefault(TOUCH, Touch())
    touch.found = None
    if wanted := {key for key in cards if (about, key) not in touch.cards}:
        touch.cards |= {(about, key): morning for key, morning in mornings(session, about, wanted).items()}


def _found(session: Session, touch: Touch) -> Found:
    if touch.found is None:
        touch.found = Found()
        for about in sorted({table for table, _ in touch.cards}):
            _compare(session, touch, about, touch.found)
    return touch.found


def _compare(session: Session, touch: Touch, about: str, found: Found) -> None:
    """Nothing can be bettered of cards that failed in nothing: they are not asked about again."""
    concerned = [morning for (table, _), morning in touch.cards.items() if table == about and morning.facts]
    day_of = {morning.card: morning.day for morning in concerned}
    if not concerned:
        return
    of_cards = HELD.c.about == about, HELD.c.about_id.in_(sorted(day_of)), HELD.c.until_on.is_(None)
    held = list(session.connection().execute(select(HELD).where(*of_cards).order_by(HELD.c.id)))
    now, needed = defaultdict(list), set()
    for each in failing(session, about, day_of, but_todays=True):
        now[each.key].append(Standing.of(each))
        needed.add(each.record.held_id)
    stood = [(morning.day, each) for morning in concerned for each in morning.facts]
    known = {each.key for _, each in stood}
    new = defaultdict(list)
    for one in (one for key, own in now.items() if key not in known for one in own):
        new[one.owed_by].append(one)
    bettered = [each for day, each in stood if not any(one.is_as_bad_as(each, day) for one in _heirs(each, now, new))]
    again = {each.key for each in bettered}
    needed |= {row.id for row in held if row.since_on == day_of[row.about_id] and _key(row) in again}
    found.bettered += bettered
    found.standing |= {_key(row) for row in held if row.id in needed}
    found.covered += [row for row in held if row.id not in needed]


def _heirs(
    stood: Standing, now: Mapping[Key, list[Standing]], new: Mapping[tuple[str, int], list[Standing]]
) -> list[Standing]:
    """The duty as it fails now: by itself or, where nothing was entered, by a record that has come and does it."""
    return [*now.get(stood.key, []), *(one for one in new.get(stood.owed_by, []) if one.does(stood))]


def _key(row: Row[Any]) -> Key:
    return key_of(*(getattr(row, name) for name in OF_DUTY))


def _settle(asking: Asking, session: Session) -> None:
    session.flush()
    touch = session.info.get(TOUCH)
    if touch is None or not touch.cards:
        return
    found = _found(session, touch)
    with system_step(session, "hold what an act would better"):
        for day in sorted({touch.day_of(row.about, row.about_id) for row in found.covered}):
            _end(session, asking, day, [row for row in found.covered if touch.day_of(row.about, row.about_id) == day])
        new = [each for each in found.bettered if each.key not in found.standing]
        for school_id in sorted({each.values["school_id"] for each in new}):
            facts = [each for each in new if each.values["school_id"] == school_id]
            asked = asking.ask(session, touch.act, school_id, [each.values["rule"] for each in facts])
            rows = [_row(each, touch.day_of(each.values["about"], each.values["about_id"]), asked) for each in facts]
            session.connection().execute(insert(HELD), rows)


def _row(standing: Standing, day: date, correction_id: int) -> dict[str, Any]:
    evidence = standing.values["evidence"]
    held = {"evidence": evidence or day, "had_evidence": evidence is not None, "since_on": day}
    return {**standing.values, **held, "correction_id": correction_id}


def _end(session: Session, asking: Asking, day: date, covered: list[Row[Any]]) -> None:
    """What is held since the day is as if it had not been, the rest ends on it."""
    connection = session.connection()
    connection.execute(delete(HELD).where(HELD.c.id.in_([row.id for row in covered if row.since_on == day])))
    connection.execute(update(HELD).where(HELD.c.id.in_([row.id for row in covered])).values(until_on=day))
    numbers = {row.correction_id for row in covered}
    left = select(HELD.c.correction_id).where(HELD.c.correction_id.in_(numbers), HELD.c.until_on.is_(None))
    if moot := numbers - set(connection.scalars(left)):
        asking.withdraw(session, moot, day)


def _forget(session: Session) -> None:
    session.info.pop(TOUCH, None)
