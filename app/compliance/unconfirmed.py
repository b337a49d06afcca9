"""Duties that nothing was entered for and that an act has set aside: «снято, ждёт подтверждения» (deadlines.md,
Entries, 2). They count as late from the day of the act; here they are told apart."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, func, or_, select, tuple_, union_all

from app.compliance import held, queries
from app.compliance.calendars import SchoolIds, Statement
from app.compliance.corrected import CORRECTION
from app.compliance.duties import bindings_of
from app.compliance.held import HELD
from app.compliance.records import Record, detailed, read, sorted_facts
from app.compliance.status_sql import status_of
from app.compliance.within import ON, Asked, Within
from app.models.monitoring.corrections import CorrectionState


def number(
    connection: Connection, rules: Collection[str], school_ids: SchoolIds, on: date, since: date | None = None
) -> int:
    """How many there are on a day: one query where there are none at all."""
    own, asked = _asked(connection, rules, school_ids, on, since)
    if asked is None:
        return 0
    fact = _facts(own, asked.within, connection.dialect.name)
    return connection.scalar(select(func.count()).select_from(fact), asked.given) or 0


def records(
    connection: Connection,
    rules: Collection[str],
    school_ids: SchoolIds,
    on: date,
    since: date | None = None,
    limit: int = 100,
    after: Sequence[Any] | None = None,
) -> list[Record]:
    """Those that `number` counts, earliest due date first. `after` is the `place` of the last one seen."""
    own, asked = _asked(connection, rules, school_ids, on, since)
    if asked is None:
        return []
    page, place = sorted_facts(_facts(own, asked.within, connection.dialect.name))
    if after:
        page = page.where(tuple_(*place) > tuple_(*after))
    return read(connection, detailed(page.order_by(*place).limit(limit), own), asked)


def _asked(
    connection: Connection, rules: Collection[str], school_ids: SchoolIds, on: date, since: date | None
) -> tuple[frozenset[str], Asked | None]:
    own = frozenset(rule for each in bindings_of(rules) if each.grounds for rule in each.rules).intersection(rules)
    cards = held.cards_of(connection, own, school_ids, on) if own else []
    return own, queries.ask(connection, own, school_ids, on, since, subjects=cards) if cards else None


@lru_cache(maxsize=32)
def _facts(rules: frozenset[str], within: Within, dialect: str) -> Subquery:
    of_tables = (queries.with_held(*own, dialect) for own in held.by_table(rules, within))
    told = (
        select(*fact.c, status_of(fact).label("status")).where(fact.c.held_id.in_(_waiting())) for fact in of_tables
    )
    return union_all(*told).subquery("unconfirmed")


def _waiting() -> Statement:
    """Held facts that had no entry, of acts that nobody has decided of by the day."""
    undecided: ColumnElement[bool] = or_(
        CORRECTION.c.state != CorrectionState.REFUSED, CORRECTION.c.decided_on.is_(None), CORRECTION.c.decided_on > ON
    )
    return (
        select(HELD.c.id)
        .join(CORRECTION, CORRECTION.c.id == HELD.c.correction_id)
        .where(~HELD.c.had_evidence, HELD.c.since_on <= ON, undecided)
    )
