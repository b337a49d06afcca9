"""What confirming a correction of each kind makes of the records that it is about (deadlines.md, Entries 4)."""

from typing import Any

from sqlalchemy.orm import Session

from app.models.engine.entries import CorrectedTo
from app.models.monitoring.corrections import Correction, CorrectionKind
from app.security.corrected import is_freed, right_of, set_right
from app.security.entries import entries_of
from app.services.engine.errors import Conflict
from app.services.monitoring.corrections import confirms, subjects


@confirms(CorrectionKind.DATE, CorrectionKind.KNOWN_LATER)
def _by_the_day_named(session: Session, correction: Correction) -> None:
    """The term runs from the day that was named; the entry is the first one."""
    _require_counted(session, correction, correction.subject_id)
    entry = _first(session, correction)
    entry = entry | {"trigger_on": correction.trigger_on}
    set_right(session, correction, correction.subject_id, CorrectedTo.ENTRY, **entry)


@confirms(CorrectionKind.MOVED)
def _by_the_first_day(session: Session, correction: Correction) -> None:
    _require_counted(session, correction, correction.subject_id)
    entry = _first(session, correction)
    set_right(session, correction, correction.subject_id, CorrectedTo.ENTRY, **entry)


@confirms(CorrectionKind.NO_EVENT, CorrectionKind.TWICE)
def _counts_nowhere(session: Session, correction: Correction) -> None:
    _require_counted(session, correction, correction.subject_id)
    _free(session, correction)


@confirms(CorrectionKind.REPLACED, CorrectionKind.PERSON)
def _another_takes_over(session: Session, correction: Correction) -> None:
    """The record counts nowhere; the other one has its first entry, with its own date."""
    other = correction.other_id or 0
    for key in (correction.subject_id, other):
        _require_counted(session, correction, key)
    entry = _first(session, correction)
    now = entries_of(session, correction.subject, other)[-1]
    declared = subjects()[correction.subject]
    if declared.duty_id(session.get_one(declared.model, other)) == correction.subject_id:
        # One duty already: it stays, judged by the first entry with the date of the one in its place.
        set_right(
            session, correction, correction.subject_id, CorrectedTo.ENTRY, **entry | {"trigger_on": now.trigger_on}
        )
        return
    _free(session, correction)
    set_right(session, correction, other, CorrectedTo.ENTRY, **entry | {"trigger_on": now.trigger_on})


@confirms(CorrectionKind.WITHDRAWN)
def _stands(session: Session, correction: Correction) -> None:
    _require_counted(session, correction, correction.subject_id)
    set_right(session, correction, correction.subject_id, CorrectedTo.STANDING)


def _free(session: Session, correction: Correction) -> None:
    """The record counts nowhere, and what it did of the state of the one whom it is about is taken back."""
    set_right(session, correction, correction.subject_id, CorrectedTo.FREED)
    declared = subjects()[correction.subject]
    declared.leaves(session, session.get_one(declared.model, correction.subject_id))


def _first(session: Session, correction: Correction) -> dict[str, Any]:
    """The first entry of the record, or that by which an earlier correction has it judged."""
    first = entries_of(session, correction.subject, correction.subject_id)[0]
    made = {"trigger_on": first.trigger_on, "entered_on": first.entered_on, "entered_by": first.entered_by}
    return right_of(session, correction.subject, correction.subject_id) or made


def _require_counted(session: Session, correction: Correction, key: int) -> None:
    """Raises Conflict for a record that an earlier correction has freed already."""
    if is_freed(session, correction.subject, key):
        raise Conflict(f"«{correction}»: запись уже не считается по другому исправлению. Откажите с этой причиной.")
