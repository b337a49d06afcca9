"""The status of a fact in SQL: the same questions in the same order as `evaluate` asks of one record."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal

from app.compliance.status import Status
from app.compliance.within import ON


def _stood_late(fact: Any) -> Any:
    """The entry was late, and of a day before the withdrawal. Never NULL."""
    late = and_(fact.c.evidence < fact.c.withdrawn_on, fact.c.evidence > fact.c.due)
    return func.coalesce(late, false())


def set_aside(fact: Any) -> tuple[ColumnElement[bool], ...]:
    """Why nothing is owed, where it is not."""
    return (
        fact.c.due.is_(None),
        # Withdrawing takes back what was entered in time; lateness that stood before it stays.
        and_(fact.c.withdrawn_on.is_not(None), ~_stood_late(fact)),
        fact.c.exempt.is_not(None),
        fact.c.ended_on <= fact.c.due,
    )


def status_of(fact: Any) -> Any:
    """The same questions in the same order as `evaluate` asks of one record."""
    return case(
        *((condition, literal(Status.NOT_APPLICABLE.value)) for condition in set_aside(fact)),
        (fact.c.evidence <= fact.c.due, literal(Status.ON_TIME.value)),
        (fact.c.evidence.is_not(None), literal(Status.LATE.value)),
        (fact.c.due >= ON, literal(Status.PENDING.value)),
        else_=literal(Status.OVERDUE.value),
    )
