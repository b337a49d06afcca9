"""What an act of the region did to the numbers of schools: a correction of each, confirmed by the act's number and date
(deadlines.md, Entries 2)."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.clock import local_date
from app.compliance import duties, mornings, queries, status
from app.compliance.status import Told
from app.models.monitoring.corrections import MOST_TEXT, Correction, CorrectionKind, CorrectionState
from app.security.entries import stamp_now
from app.security.guard import person_of, system_step
from app.security.stamps import school_zone
from app.services.engine import records
from app.services.engine.transaction import transaction

Numbers = dict[int, dict[str, dict[str, int]]]
"""School → rule → status → number."""


@dataclass(frozen=True)
class Act:
    """What was set or moved (a record by its table and number), in whose words, by which act, at which instant."""

    subject: str
    subject_id: int
    about: str
    reason: str
    number: str | None
    dated: date | None
    at: datetime


def save(session: Session, obj: Any, schools: frozenset[int] | None, act: Callable[[int], Act]) -> list[int]:
    """Save an act of the region that retells the terms of these schools, with a correction of each school whose numbers
    it changes; their numbers. `act` is asked when it is saved. Errors are those of `records.save`."""
    today = person_of(session).today
    with transaction(session):
        with session.no_autoflush:  # it is changed already, and not in the database yet
            before = numbers(session, schools, today)
        records.save(session, obj)
        with system_step(session, "tell the effect of an act of the region"):
            after = numbers(session, schools, today)
            differ = differing(before, after)
            for key in differ:
                session.add(correction(session, key, act(key), effect(before[key], after[key])))
                mornings.anew(session, key)
    return differ


def numbers(session: Session, school_ids: frozenset[int] | None, today: date) -> Numbers:
    """The numbers of these schools as they stand in the running transaction."""
    found: Numbers = defaultdict(lambda: defaultdict(dict))
    for each in queries.counts(session.connection(), duties.rules(), school_ids, today):
        found[each.group or 0][each.rule][each.status.value] = each.number
    return found


def differing(before: Numbers, after: Numbers) -> list[int]:
    return sorted(key for key in before.keys() | after.keys() if before[key] != after[key])


def effect(before: Told, after: Told) -> dict[str, Any]:
    """The rules whose numbers differ, with every status."""
    return status.differing(duties.rules(), before, after)


def correction(session: Session, school_id: int, act: Act, effect: dict[str, Any]) -> Correction:
    """Confirmed at the instant at which the act was entered: that tells the changes of one record apart, too."""
    stamp = stamp_now(session, school_id)
    return Correction(
        school_id=school_id,
        kind=CorrectionKind.CONDITIONS,
        state=CorrectionState.CONFIRMED,
        subject=act.subject,
        subject_id=act.subject_id,
        about=act.about[:MOST_TEXT],
        reason=act.reason[:MOST_TEXT],
        document_number=act.number,
        document_date=act.dated,
        decided_at=act.at,
        decided_on=local_date(act.at, school_zone(session, school_id)),
        decided_by=stamp["entered_by"],
        decided_by_id=stamp["entered_by_id"],
        involved_ids=[],
        effect=effect,
    )
