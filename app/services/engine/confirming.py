"""What is asked before an act is saved, and what was answered (docs/adr/0018-warnings-are-confirmed.md)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.models.engine.audit import AuditAction
from app.services.engine import audit, history
from app.services.engine.transaction import confirmed_in
from app.services.engine.warnings import Doubt, Unconfirmed


def require(session: Session, obj: Any, found: Sequence[Doubt]) -> None:
    """Whoever acts has answered each of these warnings, before or now; the answers go to the trail. Raises
    Unconfirmed.

    What was confirmed before, for these very values of this record, is not asked again.
    """
    known = history.confirmed(session, [obj])[obj.id] if found else set()
    asked = [warning for warning in found if warning.key not in known]
    if confirmed_in(session).left(asked):
        raise Unconfirmed(asked)
    if asked:
        told = {history.CONFIRMED + warning.key: [None, warning.words] for warning in asked}
        audit.record(session, AuditAction.CHANGE, str(obj), obj=obj, changes=told)
