"""The corrections that a bettering act asks for: it waits until one is confirmed (deadlines.md, Entries, 2)."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance import hold
from app.models.monitoring.corrections import MOST_TEXT, Correction, CorrectionKind, CorrectionState
from app.regulation import load_regulation
from app.security.entries import stamp_now
from app.services.monitoring import corrections

TAKEN_BACK = "Изменение отменено тем, кто его внёс: подтверждать нечего."


class Corrections:
    """How app/compliance/hold.py asks for them; in its system step, the stamps are those of whoever acts."""

    def ask(self, session: Session, act: Any, school_id: int, rules: Sequence[str]) -> int:
        told = (f"{load_regulation().rules[rule].title} – {number}" for rule, number in Counter(rules).items())
        correction = Correction(
            school_id=school_id,
            kind=CorrectionKind.BETTERING,
            subject=act.__tablename__,
            subject_id=act.id,
            about=f"{act.__titles__[0]}: {act}"[:MOST_TEXT],
            rule=rules[0],
            reason=f"Улучшает показатели прошедших сроков: {'; '.join(told)}."[:MOST_TEXT],
        )
        session.add(correction)
        session.flush()
        return correction.id

    def withdraw(self, session: Session, numbers: Collection[int], day: date) -> None:
        wanted = Correction.id.in_(sorted(numbers)), Correction.state == CorrectionState.WAITING
        for correction in session.scalars(select(Correction).where(*wanted)):
            if correction.entered_on == day:
                session.delete(correction)
            else:
                _close(session, correction)


def _close(session: Session, correction: Correction) -> None:
    stamp = stamp_now(session, correction.school_id)
    correction.state, correction.refusal = CorrectionState.REFUSED, TAKEN_BACK
    correction.decided_at, correction.decided_on = stamp["entered_at"], stamp["entered_on"]
    correction.decided_by, correction.decided_by_id = stamp["entered_by"], stamp["entered_by_id"]


@corrections.confirms(CorrectionKind.BETTERING)
def _release(session: Session, correction: Correction) -> None:
    hold.release(session, correction.id, stamp_now(session, correction.school_id)["entered_on"])
