"""Where a pupil stands, kept on the card from day to day, so that a list of a region need not read every history.

Kept is what holds since a day, what comes after it, and from when on only the history tells. That is true on any day,
however long nobody writes; what is kept is made anew whenever a history changes. `on_day.py` reads it in SQL, `kept_on`
for one card; a test holds both and the history together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, event, select, update
from sqlalchemy.orm import Session, UOWTransaction

from app.models.computed import day_of
from app.models.movement import MovementLine
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil, PupilStatus

DAY = timedelta(days=1)
AT_ONCE = 500
COLUMNS = ("kept_status", "kept_class_id", "kept_since", "turns_on", "next_status", "next_class_id", "then_on")
CHANGED = "histories_changed"
"""In `session.info`: the pupils whose history this flush has written."""


@dataclass(frozen=True)
class Span:
    """A membership, and how it was left."""

    class_id: int
    starts_on: date
    ends_on: date | None
    left_as: PupilStatus | None = None

    @classmethod
    def of(cls, row: Any, kind: OrderKind | None) -> "Span":
        return cls(row.class_id, row.starts_on, row.ends_on, kind.rules.leaves_as if kind is not None else None)


@dataclass(frozen=True)
class Standing:
    """Status and class of a pupil, and the first day of it; None: he was never in a class."""

    status: PupilStatus
    class_id: int | None = None
    since: date | None = None


def standing(spans: Sequence[Span], day: date) -> Standing:
    """At the end of a day. A pupil is no member any more on the day on which he leaves the school."""
    begun = [span for span in spans if span.starts_on <= day]
    if not begun:
        return Standing(PupilStatus.NEW)
    last = max(begun, key=lambda span: span.starts_on)
    if last.ends_on is None or day < last.ends_on or (day == last.ends_on and last.left_as is None):
        return Standing(PupilStatus.ENROLLED, last.class_id, last.starts_on)
    if last.left_as is not None:
        return Standing(last.left_as, None, last.ends_on)
    return Standing(PupilStatus.NEW, None, last.ends_on + DAY)


def kept(spans: Sequence[Span], day: date) -> dict[str, Any]:
    """What is kept on the card by a history, written on a day."""
    turns = {span.starts_on for span in spans} | {each for span in spans if (each := _end(span)) is not None}
    coming = sorted(turn for turn in turns if turn > day)
    now, turns_on = standing(spans, day), coming[0] if coming else None
    then = standing(spans, turns_on) if turns_on is not None else None
    told = (now.status, now.class_id, now.since, turns_on, then and then.status, then and then.class_id)
    return dict(zip(COLUMNS, (*told, coming[1] if len(coming) > 1 else None), strict=True))


def _end(span: Span) -> date | None:
    """The first day on which the class is left."""
    return None if span.ends_on is None else span.ends_on if span.left_as is not None else span.ends_on + DAY


def kept_on(pupil: Any, day: date) -> Standing | None:
    """What a card keeps of a day; None: only the history tells."""
    before = pupil.kept_since is not None and day < pupil.kept_since
    if before or (pupil.then_on is not None and day >= pupil.then_on):
        return None
    if pupil.turns_on is not None and day >= pupil.turns_on:
        return Standing(pupil.next_status, pupil.next_class_id, pupil.turns_on)
    return Standing(pupil.kept_status, pupil.kept_class_id, pupil.kept_since)


def histories(connection: Connection, pupil_ids: Collection[int]) -> dict[int, list[Span]]:
    """The history of each of these pupils, oldest first."""
    member, line = ClassMembership.__table__.c, MovementLine.__table__
    found: dict[int, list[Span]] = defaultdict(list)
    columns = (member.pupil_id, member.class_id, member.starts_on, member.ends_on, line.c.kind)
    statement = select(*columns).join_from(
        ClassMembership.__table__, line, line.c.id == member.closed_by_id, isouter=True
    )
    for row in connection.execute(statement.where(member.pupil_id.in_(pupil_ids)).order_by(member.starts_on)):
        found[row.pupil_id].append(Span.of(row, row.kind))
    return found


def keep(connection: Connection, pupil_ids: Iterable[int], day: date) -> None:
    """Write to these cards what their histories tell. No entry of anybody: neither stamps nor version change."""
    card, ids = Pupil.__table__, sorted(set(pupil_ids))
    written = update(card).where(card.c.id == bindparam("card")).values({name: bindparam(name) for name in COLUMNS})
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        spans = histories(connection, some)
        connection.execute(written, [{"card": key} | kept(spans.get(key, ()), day) for key in some])


def install(session_factory: Any) -> None:
    """Keep the cards of whoever's history a flush writes, by whatever way it came."""
    event.listen(session_factory, "after_flush", _note)
    event.listen(session_factory, "after_flush_postexec", _keep)


def _note(session: Session, context: UOWTransaction) -> None:
    """Deleted rows too, and those of which the flush alone knows that they are gone."""
    states = (state for state in context.states if state.class_ is ClassMembership)
    told = (state.attrs["pupil_id"].history for state in states)
    changed = {key for each in told for key in each.sum() if key is not None}
    session.info.setdefault(CHANGED, set()).update(changed)


def _keep(session: Session, context: UOWTransaction) -> None:
    if changed := session.info.pop(CHANGED, None):
        keep_again(session, changed)


def keep_again(session: Session, pupil_ids: Collection[int]) -> None:
    """For histories that have changed past the flush: a membership that comes back from the bin."""
    changed = frozenset(pupil_ids)
    keep(session.connection(), changed, day_of(session))
    for pupil in session.identity_map.values():
        if type(pupil) is Pupil and pupil.id in changed:
            session.expire(pupil, [*COLUMNS, "school_class"])
