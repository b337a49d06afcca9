"""What fails of the cards that an act touches, as it stood when the day began (deadlines.md, Entries, 1 and 2).

Until 24:00 an act is corrected as if it had not been. So what is bettered is told by comparing with the morning, which
the first act of the day notes (`stood_fact`), and not with what an earlier act of the same day has made of it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.clock import local_date, utc_now
from app.compliance import of_records
from app.compliance.duties import duty_of
from app.compliance.evaluate import Judgement, judge_all
from app.compliance.held import HELD, Key, key_of
from app.compliance.status import Status
from app.models.engine.held import stood_fact
from app.models.kinds import pack, unpack
from app.security.stamps import school_zone

STOOD = stood_fact
FAILING = (Status.LATE, Status.OVERDUE)
OF_DUTY = ("rule", "subject_id", "about_id", "anchor")
KEPT = (*OF_DUTY, "school_id", "group_id", "detail", "opens_on", "due", "evidence")
"""Of a fact that fails, in the columns of `held_fact`."""
SINCE = "fails_since"
"""Beside them, where an earlier entry fails as well."""


@dataclass(frozen=True)
class Standing:
    """A duty that fails: what is held if an act would better it."""

    values: Mapping[str, Any]
    since: date | None = None
    """The due day of an earlier entry that fails as well; None: the duty's own."""

    @classmethod
    def of(cls, judged: Judgement) -> "Standing":
        own = {"due": judged.due, "about": judged.record.binding.about}
        return cls({name: getattr(judged.record, name) for name in KEPT} | own, judged.fails_since)

    @classmethod
    def of_row(cls, row: Any) -> "Standing":
        """Of a fact as SQL tells it."""
        return cls({name: getattr(row, name) for name in KEPT})

    @property
    def key(self) -> Key:
        return key_of(*(self.values[name] for name in OF_DUTY))

    def days(self, on: date) -> int:
        """Calendar days from due to entry, or to the day where there is none."""
        late: int = ((self.values["evidence"] or on) - self.values["due"]).days
        return late

    def is_as_bad_as(self, other: "Standing", on: date) -> bool:
        """The other one fails on no day on which this one does not, nor by more days now."""
        return self.fails_since <= other.fails_since and self.days(on) >= other.days(on)

    @property
    def fails_since(self) -> date:
        day: date = self.since or self.values["due"]
        return day

    def does(self, other: "Standing") -> bool:
        """Whether this is the record that was missing: of the same rule and card, and entered; or that the card owes
        the same by another record now."""
        goes_on = self.values["evidence"] is not None or duty_of(self.values["rule"]).of_each_card
        return self.owed_by == other.owed_by and other.values["evidence"] is None and goes_on

    @property
    def owed_by(self) -> tuple[str, int]:
        """The rule and the card."""
        return self.values["rule"], self.values["about_id"]

    def packed(self) -> dict[str, Any]:
        return {name: pack(value) for name, value in self.values.items()} | {SINCE: pack(self.since)}

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> "Standing":
        values = {name: unpack(HELD.c[name], value) for name, value in packed.items() if name != SINCE}
        return cls(values, unpack(HELD.c.due, packed.get(SINCE)))


@dataclass(frozen=True)
class Morning:
    """How a card stood when the day of its school began."""

    card: int
    school_id: int
    day: date
    facts: tuple[Standing, ...]


def mornings(session: Session, about: str, cards: Collection[int]) -> dict[int, Morning]:
    """As the first act of the day has noted it, or noted now. A card that was entered today owed nothing."""
    table = Model.metadata.tables[about].c
    noted = and_(STOOD.c.about == about, STOOD.c.about_id == table.id)
    rows = session.connection().execute(
        select(table.id, table.school_id, table.entered_on, STOOD.c.day, STOOD.c.facts)
        .outerjoin(STOOD, noted)
        .where(table.id.in_(sorted(cards)))
    )
    found: dict[int, Morning] = {}
    new: dict[int, Morning] = {}
    for row in rows:
        day = local_date(utc_now(), school_zone(session, row.school_id))
        facts = tuple(map(Standing.unpacked, row.facts)) if row.day == day else ()
        known = found if row.day == day or row.entered_on == day else new
        known[row.id] = Morning(row.id, row.school_id, day, facts)
    return found | _noted(session, about, new)


def _noted(session: Session, about: str, new: Mapping[int, Morning]) -> dict[int, Morning]:
    facts: dict[int, list[Standing]] = defaultdict(list)
    for each in failing(session, about, {key: morning.day for key, morning in new.items()}):
        facts[each.record.about_id].append(Standing.of(each))
    found = {key: Morning(key, one.school_id, one.day, tuple(facts[key])) for key, one in new.items()}
    _write(session, about, found.values())
    return found


def failing(session: Session, about: str, day_of: Mapping[int, date], *, but_todays: bool = False) -> list[Judgement]:
    """What is late or overdue of these cards, each on its day; `but_todays`: without what is held since that day."""
    found: list[Judgement] = []
    connection = session.connection()
    for day in sorted(set(day_of.values())):
        cards = [key for key, own in day_of.items() if own == day]
        records = of_records.facts_about(connection, about, cards, None, day)
        wanted = [each for each in records if not but_todays or each.held_on != day]
        found += judge_all(connection, wanted, day)
    return [each for each in found if each.status in FAILING]


def _write(session: Session, about: str, found: Collection[Morning]) -> None:
    if not found:
        return
    rows = [
        {"about": about, "about_id": each.card, "school_id": each.school_id, "day": each.day}
        | {"facts": [fact.packed() for fact in each.facts]}
        for each in found
    ]
    connection = session.connection()
    # Of two who touch a card at once the second one has noted the same.
    made = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(STOOD)
    again = {name: made.excluded[name] for name in ("school_id", "day", "facts")}
    connection.execute(made.on_conflict_do_update(index_elements=["about", "about_id"], set_=again), rows)


def anew(session: Session, school_id: int) -> None:
    """A correction has bettered what stood in the morning: later acts of the day are compared with what it left."""
    session.connection().execute(delete(STOOD).where(STOOD.c.school_id == school_id))
