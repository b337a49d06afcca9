"""What is or was owed about some records, as their cards and lists tell it: the facts, and how they stand.

As in `queries`, every function takes the set of schools: what is not in it does not exist. None is every school.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Date, FromClause, case, func, literal, null, or_, select

from app.compliance import held
from app.compliance.calendars import SchoolIds, Statement
from app.compliance.columns import days_from
from app.compliance.duties import bindings_of
from app.compliance.duties import rules as all_rules
from app.compliance.facts import facts
from app.compliance.judged_by import AsSet
from app.compliance.queries import STATEMENTS, ask
from app.compliance.records import Record, detailed, read, sorted_facts
from app.compliance.relations import BEFORE_START, fenced
from app.compliance.status import Status
from app.compliance.status_sql import set_aside, status_of
from app.compliance.within import ON, Asked, Within


def facts_about(
    connection: Connection,
    table: str,
    keys: Collection[int],
    school_ids: SchoolIds,
    on: date,
    rules: Collection[str] | None = None,
    judged_by: AsSet | None = None,
) -> list[Record]:
    """All that is or was owed about records of a table, opened by `on`, in one query; `evaluate` judges each.

    What opens on its due day stands there before it too, and what is counted nowhere. Raises LookupError for a table
    that duties are not found by.
    """
    wanted, asked = _about(connection, table, keys, school_ids, on, rules, judged_by)
    return [] if asked is None else read(connection, _facts_of(wanted, asked.within, connection.dialect.name), asked)


class Standing(NamedTuple):
    """How what the evidence of a number does stands, once for each status."""

    evidence_id: int | None
    status: Status
    days: int
    """The most calendar days late or overdue; 0 of every other status."""


def standings_about(
    connection: Connection,
    table: str,
    keys: Collection[int],
    school_ids: SchoolIds,
    on: date,
    rules: Collection[str] | None = None,
    judged_by: AsSet | None = None,
) -> list[Standing]:
    """How all of `facts_about` stands, judged by the database in one statement: for a list, which tells no reasons."""
    wanted, asked = _about(connection, table, keys, school_ids, on, rules, judged_by)
    if asked is None:
        return []
    holds = held.is_any(connection, wanted, asked)  # mostly none: to weigh them costs as much again
    rows = connection.execute(_standings_of(wanted, asked.within, holds, connection.dialect.name), asked.given)
    return [Standing(key, Status(status), days) for key, status, days in rows]


def _about(
    connection: Connection,
    table: str,
    keys: Collection[int],
    school_ids: SchoolIds,
    on: date,
    rules: Collection[str] | None,
    judged_by: AsSet | None,
) -> tuple[frozenset[str], Asked | None]:
    known = rules_about(table)
    wanted = known if rules is None else known.intersection(rules)
    within = Within(school_ids is not None, table, coming=True)
    return wanted, ask(connection, wanted, school_ids, on, None, within=within, subjects=keys, judged_by=judged_by)


def rules_about(table: str) -> frozenset[str]:
    bound = bindings_of(all_rules())
    found = frozenset(rule for each in bound if table in each.narrowed_by for rule in each.rules)
    if not found:
        known = sorted({name for each in bound for name in each.narrowed_by})
        raise LookupError(f"Обязанности не находят по таблице «{table}»; есть: {', '.join(known)}.")
    return found


@lru_cache(maxsize=STATEMENTS)
def _standings_of(rules: frozenset[str], within: Within, holds: bool, dialect: str) -> Statement:
    fact = facts(rules, within, dialect=dialect)
    before = fact.c.due == literal(BEFORE_START, Date)
    if holds:  # nothing that was due before the start is held against anybody
        counted = replace(within, coming=False)
        fact = held.chosen(fact, or_(before, *set_aside(fact)), rules, counted, dialect)
        before = fact.c.due == literal(BEFORE_START, Date)
    source: FromClause = fact
    done_by: list[Any] = []
    for binding in bindings_of(rules):
        source, columns = binding.details(fact, source)
        done_by += [columns[binding.done_by]] if binding.done_by else []
    status = case((before, literal(Status.NOT_APPLICABLE.value)), else_=status_of(fact))
    days = days_from(func.coalesce(fact.c.evidence, ON), fact.c.due)
    told = select(func.coalesce(*done_by, null()).label("key"), status.label("status"), days.label("days"))
    found = fenced(told.select_from(source)).subquery("standing")
    bad = found.c.status.in_([Status.LATE.value, Status.OVERDUE.value])
    most = func.max(case((bad, found.c.days), else_=0))
    return select(found.c.key, found.c.status, most).group_by(found.c.key, found.c.status)


@lru_cache(maxsize=STATEMENTS)
def _facts_of(rules: frozenset[str], within: Within, dialect: str) -> Statement:
    page, _ = sorted_facts(held.and_held(facts(rules, within, dialect=dialect), rules, within, dialect))
    return detailed(page, rules)
