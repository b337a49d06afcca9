"""The corrections that a bettering act asks for: it waits until one is confirmed (deadlines.md, Entries, 2)."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance import held, hold, queries
from app.compliance.evaluate import Judgement, judge_all
from app.models.monitoring.corrections import MOST_TEXT, Correction, CorrectionKind, CorrectionState
from app.regulation import load_regulation
from app.security.entries import stamp_now
from app.services.monitoring import corrections

TAKEN_BACK = "Изменение отменено тем, кто его внёс: подтверждать нечего."


class Corrections:
    """How app/compliance/hold.py asks for them; in its system step, the stamps are those of whoever acts."""

    def ask(self, session: Session, act: Any, school_id: int, rules: Sequence[str]) -> int:
        numbers = Counter(rules)
        told = (f"{load_regulation().rules[rule].title} – {number}" for rule, number in numbers.items())
        correction = Correction(
            school_id=school_id,
            kind=CorrectionKind.BETTERING,
            subject=act.__tablename__,
            subject_id=act.id,
            about=_caption(act)[:MOST_TEXT],
            rule=rules[0],
            rules=list(numbers),
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


def _caption(act: Any) -> str:
    """A row that is about somebody is told by him."""
    pupil = getattr(act, "pupil", None)
    return f"{act.__titles__[0]}: {act}" if pupil is None else f"{act.__titles__[0]}: {pupil}, {act}"


def _close(session: Session, correction: Correction) -> None:
    stamp = stamp_now(session, correction.school_id)
    correction.state, correction.refusal = CorrectionState.REFUSED, TAKEN_BACK
    correction.decided_at, correction.decided_on = stamp["entered_at"], stamp["entered_on"]
    correction.decided_by, correction.decided_by_id = stamp["entered_by"], stamp["entered_by_id"]


def held_by(session: Session, correction: Correction) -> list[Judgement]:
    """The duties that a correction of this kind holds, as they stand on the day of the act."""
    if correction.kind is not CorrectionKind.BETTERING:
        return []
    connection, found = session.connection(), []
    for day, cards in held.of_correction(connection, correction.id).items():
        for about, keys in cards.items():
            schools = frozenset({correction.school_id})
            facts = queries.facts_about(connection, about, keys, schools, day)
            own = [each for each in facts if each.correction_id == correction.id]
            found += judge_all(connection, own, day)
    return found


@corrections.confirms(CorrectionKind.BETTERING)
def _release(session: Session, correction: Correction) -> None:
    hold.release(session, correction.id, stamp_now(session, correction.school_id)["entered_on"])
