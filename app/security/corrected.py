"""What corrections do to the entries of a judged record: what rests on it, and what it is judged by since."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from app.models.engine.entries import CorrectedTo, corrected_entry
from app.models.monitoring.corrections import Correction, CorrectionState

CORRECTION = Correction.__table__


def resting_on(session: Session, subject: str, keys: Collection[int]) -> frozenset[int]:
    """Of these records those that a correction is about which waits or was confirmed: their entries are firm."""
    row = CORRECTION.c
    about = or_(row.subject_id.in_(keys), row.other_id.in_(keys))
    where = row.subject == subject, about, row.state != CorrectionState.REFUSED
    found = session.connection().execute(select(row.subject_id, row.other_id).where(*where))
    return frozenset(key for pair in found for key in pair if key is not None).intersection(keys)


def freed(session: Session, subject: str, keys: Collection[int]) -> frozenset[int]:
    """Of these records those that a confirmed correction has count nowhere."""
    row = corrected_entry.c
    where = row.subject == subject, row.subject_id.in_(keys), row.corrected == CorrectedTo.FREED
    return frozenset(session.connection().execute(select(row.subject_id).where(*where)).scalars())


def is_freed(session: Session, subject: str, key: int) -> bool:
    return key in freed(session, subject, [key])


def set_right(session: Session, correction: Correction, key: int, corrected: CorrectedTo, **entry: Any) -> None:
    """Note what a record is judged by from the day of the decision on; `entry`: `trigger_on`, `entered_on`,
    `entered_by` of the entry that takes the place of those made until the correction was asked for."""
    values = {
        "correction_id": correction.id,
        "school_id": correction.school_id,
        "subject": correction.subject,
        "subject_id": key,
        "corrected": corrected,
        "since_on": correction.decided_on,
        "until_at": correction.entered_at,
    }
    session.connection().execute(insert(corrected_entry).values(values | entry))


def right_of(session: Session, subject: str, key: int) -> dict[str, Any]:
    """The entry that a correction has put in the place of others, the latest; empty: there is none."""
    row = corrected_entry.c
    wanted = select(row.trigger_on, row.entered_on, row.entered_by).order_by(row.id.desc()).limit(1)
    mine = row.subject == subject, row.subject_id == key, row.corrected == CorrectedTo.ENTRY
    found = session.connection().execute(wanted.where(*mine)).first()
    return dict(found._mapping) if found is not None else {}
