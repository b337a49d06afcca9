"""Writing down what the pedagogical council decided of a pupil (3.3.3.2)."""

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.models.movement.outcomes import YearOutcome
from app.models.values import check_document_date
from app.security.guard import person_of
from app.services.engine import records
from app.services.engine.errors import Refused


def save(session: Session, row: YearOutcome, data: dict[str, Any]) -> YearOutcome:
    """Change an outcome. Raises Refused, Conflict, Changed, Denied; then nothing is saved."""
    with session.no_autoflush:
        for name, value in data.items():
            setattr(row, name, value)
        _refuse_impossible(session, row)
    return records.save(session, row)


def _refuse_impossible(session: Session, row: YearOutcome) -> None:
    """What the class rules out is refused as it is entered; what stood before may stay."""
    rules = row.outcome.order_kind.rules
    if _is_new(row, "outcome") and row.school_class.grade not in (rules.from_grades or ()):
        raise Refused({"outcome": [f"Итог «{row.outcome.title_ru}» возможен {rules.from_words}."]})
    if row.decided_on is not None and _is_new(row, "decided_on"):
        try:
            check_document_date(row.decided_on, person_of(session).today)
        except ValueError as error:
            raise Refused({"decided_on": [str(error)]}) from error


def _is_new(row: YearOutcome, name: str) -> bool:
    attribute: Any = inspect(row).attrs[name]
    return bool(attribute.history.has_changes())
