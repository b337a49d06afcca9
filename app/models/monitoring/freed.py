"""What a confirmed correction tells of the record that it is about, in the lists and on the cards of such records."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import case, literal, select

from app.models.monitoring.corrections import Correction, CorrectionKind, CorrectionState

ASKED = Correction.__table__


def freed_words(subject: str) -> Callable[[Any, date], Any]:
    """Of a record of this table by which correction it counts nowhere; NULL: it counts. For a computed column."""
    freeing = [kind for kind in CorrectionKind if kind.frees]
    words = case(*((ASKED.c.kind == kind, literal(f"не считается: {kind.title_ru}")) for kind in freeing))

    def make(model: Any, day: date) -> Any:
        confirmed = ASKED.c.state == CorrectionState.CONFIRMED, ASKED.c.decided_on <= day, ASKED.c.kind.in_(freeing)
        mine = ASKED.c.subject == subject, ASKED.c.subject_id == model.id
        found = select(words).where(*mine, *confirmed).order_by(ASKED.c.id).limit(1)
        return found.correlate_except(ASKED).scalar_subquery()

    return make


def telling() -> tuple[Any, ...]:
    """Whose rows tell it."""
    return (Correction,)
