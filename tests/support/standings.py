"""How every duty about some records stands, told by SQL in one statement: what Python judges is compared with it."""

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import NamedTuple

from sqlalchemy import Connection, select

from app.compliance import of_records, queries
from app.compliance.calendars import SchoolIds, Statement
from app.compliance.status import Status
from app.compliance.status_sql import status_of
from app.compliance.within import Within


class Standing(NamedTuple):
    """Equal rows are one duty in one state: two lists of them are compared as sets."""

    rule: str
    school_id: int
    subject_id: int
    due: date | None
    evidence: date | None
    """Entered on, where that is no later than the day asked about."""
    status: Status


def standing(
    connection: Connection,
    about: str,
    keys: Collection[int],
    school_ids: SchoolIds,
    on: date,
    rules: Collection[str] | None = None,
) -> list[Standing]:
    """Every duty about these records, opened by `on`, as it stands on that day, in a fixed order. `about` names the
    records by one of the tables of `Binding.narrowed_by`. Raises LookupError for another table."""
    known, within = of_records.rules_about(about), Within(school_ids is not None, about)
    rules = known if rules is None else known.intersection(rules)
    asked = queries.ask(connection, rules, school_ids, on, None, within=within, subjects=keys)
    if asked is None:
        return []
    rows = connection.execute(_standing(rules, asked.within, connection.dialect.name), asked.given)
    return [Standing._make((*values, Status(status))) for *values, status in rows]


@cache
def _standing(rules: frozenset[str], within: Within, dialect: str) -> Statement:
    """Put together once: that takes ten times as long as asking."""
    fact = queries.with_held(rules, within, dialect)
    told = [fact.c[name] for name in Standing._fields[:-1]]
    return select(*told, status_of(fact).label("status")).order_by(*told[:3])
