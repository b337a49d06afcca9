"""«Уточнены условия»: what was refused as a bettering act is asked for anew, with the paper (deadlines.md, Entries 4).

The act is done and its duty stands as it stood. Without this an honest one whose paper was found later would stay so.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from app.compliance import changed, held, hold
from app.models.monitoring.corrections import Correction, CorrectionKind, CorrectionState
from app.services.monitoring.corrections import Subject, confirms, subject

REFUSED = CorrectionKind.BETTERING, CorrectionState.REFUSED


class Refused(Subject[Correction]):
    """A bettering act whose confirmation was refused, as long as something is held by it."""

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
        if (record.kind, record.state) == REFUSED and _holds(session, record):
            yield CorrectionKind.CONDITIONS

    def others(self, session: Session, record: Correction, kind: CorrectionKind) -> Sequence[Correction]:
        return ()


def _holds(session: Session, correction: Correction) -> bool:
    """Duties, or what the school has set for all."""
    return held.is_held_by(session.connection(), correction.id) or changed.is_held_by(session, correction.id)


subject(Refused())


@confirms(CorrectionKind.CONDITIONS)
def _release(session: Session, correction: Correction) -> None:
    if correction.subject == Correction.__tablename__ and correction.decided_on is not None:
        hold.release(session, correction.subject_id, correction.decided_on)
        changed.release(session, correction.subject_id, correction.decided_on)
