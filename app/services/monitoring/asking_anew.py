"""«Уточнены условия»: a bettering act that waits or was refused is asked for with the paper (deadlines.md, Entries 4).

The act is done and its duty stands as it stood. A late order that says another day than the class list is such an act:
its paper is there. And an honest one whose paper was found after a refusal would stay late for ever.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance import changed, held, hold
from app.models.monitoring.corrections import Correction, CorrectionKind, CorrectionState
from app.services.monitoring.corrections import Subject, confirms, subject

UNCONFIRMED = CorrectionState.WAITING, CorrectionState.REFUSED


class Held(Subject[Correction]):
    """A bettering act that nobody has confirmed, as long as something is held by it."""

    model = Correction

    def told(self, session: Session, record: Correction) -> str:
        return record.about

    def rule(self, record: Correction) -> str | None:
        return record.rule

    def rules(self, record: Correction) -> Sequence[str]:
        return record.rules

    def authors(self, record: Correction) -> frozenset[int]:
        """Who did it."""
        return record.involved

    def card(self, record: Correction) -> Correction:
        return record

    def kinds(self, session: Session, record: Correction) -> Iterator[CorrectionKind]:
        if record.kind is CorrectionKind.BETTERING and record.state in UNCONFIRMED and _holds(session, record):
            yield CorrectionKind.CONDITIONS

    def others(self, session: Session, record: Correction, kind: CorrectionKind) -> Sequence[Correction]:
        return ()


def _holds(session: Session, correction: Correction) -> bool:
    """Duties, or what the school has set for all."""
    return held.is_held_by(session.connection(), correction.id) or changed.is_held_by(session, correction.id)


subject(Held())


@confirms(CorrectionKind.CONDITIONS)
def _release(session: Session, correction: Correction) -> None:
    """What the act itself had asked for is confirmed with it."""
    if correction.subject == Correction.__tablename__ and correction.decided_on is not None:
        hold.release(session, correction.subject_id, correction.decided_on)
        changed.release(session, correction.subject_id, correction.decided_on)
        waiting = Correction.id == correction.subject_id, Correction.state == CorrectionState.WAITING
        for act in session.scalars(select(Correction).where(*waiting)):
            act.state = CorrectionState.CONFIRMED
            for name in ("decided_at", "decided_on", "decided_by", "decided_by_id", "involved_ids"):
                setattr(act, name, getattr(correction, name))
