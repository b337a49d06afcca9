"""Many obligations judged in SQL: counts and the records behind a count; about some records see `of_records`.

Core selects bypass the row scope of the session, so every function here takes the set of schools explicitly: what is
not in it does not exist. None is every school.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Select,
    Subquery,
    bindparam,
    cast,
    func,
    null,
    or_,
    select,
    tuple_,
    union_all,
)

from app.compliance import held, relations
from app.compliance.calendars import SchoolIds, Statement
from app.compliance.columns import COLUMNS, JUDGED
from app.compliance.duties import rules as all_rules
from app.compliance.facts import anchors, facts, openings
from app.compliance.judged_by import AsSet, as_set
from app.compliance.readings import BY_CLASS, Readings, readings_of
from app.compliance.records import Record, detailed, read, sorted_facts
from app.compliance.relations import fenced
from app.compliance.starts import starts_of
from app.compliance.status import Status
from app.compliance.status_sql import set_aside, status_of
from app.compliance.within import EARLIEST, Asked, Within, years_of
from app.models.schools import School

SCHOOL = School.__table__
STATEMENTS = 64
"""Of each kind kept: their texts differ by the rules asked about and the readings chosen."""


class Count(NamedTuple):
    """How many obligations of a rule have a status; `group` is a school's or municipality's id, None for all."""

    group: int | None
    rule: str
    status: Status
    number: int


def counts(
    connection: Connection,
    rules: Collection[str],
    school_ids: SchoolIds,
    on: date,
    since: date | None = None,
    group: str = "school",
    readings: Readings | None = None,
) -> list[Count]:
    """Obligations opened by `on` (and not before `since`), counted by rule, status and group on that day.

    `group` is "school", "municipality" or "rule" (no further grouping); `readings` are those chosen, or others to see
    what they would change.
    """
    asked = ask(connection, rules, school_ids, on, since, readings)
    if asked is None:
        return []
    statement = _counts(frozenset(rules), asked.within, asked.holds, group, connection.dialect.name)
    return [
        Count(key, rule, status, number)
        for key, rule, *numbers in connection.execute(statement, asked.given)
        for status, number in zip(Status, numbers, strict=True)
        if number
    ]


class Failing(NamedTuple):
    """A duty that is late or overdue on a day, by what it is about: two days are compared by it."""

    rule: str
    school_id: int
    about_id: int
    subject_id: int
    """The number of the record that the duty is owed for, of the table that the rule looks at."""
    status: Status


def failing(connection: Connection, rules: Collection[str], school_ids: SchoolIds, on: date) -> list[Failing]:
    """Every duty that `counts` counts as late or overdue, in one statement and a fixed order."""
    asked = ask(connection, rules, school_ids, on, None)
    if asked is None:
        return []
    statement = _failing(frozenset(rules), asked.within, asked.holds, connection.dialect.name)
    rows = connection.execute(statement, asked.given)
    return [Failing._make((*values, Status(status))) for *values, status in rows]


def owed_as_set(connection: Connection, school_id: int, on: date, judged_by: AsSet) -> Sequence[Row[Any]]:
    """Everything that is owed in a school on a day if its settings were these: the columns of a fact, `status`."""
    rules = frozenset(all_rules())
    asked = ask(connection, rules, frozenset({school_id}), on, None, subjects=(0,), judged_by=judged_by)
    if asked is None:
        return []
    return connection.execute(_owed(rules, asked.within, connection.dialect.name), asked.given).all()


def records(
    connection: Connection,
    rules: Collection[str],
    school_ids: SchoolIds,
    on: date,
    status: Status | None = None,
    since: date | None = None,
    limit: int = 100,
    after: Sequence[Any] | None = None,
) -> list[Record]:
    """The obligations that `counts` counts, earliest due date first. `after` is the `place` of the last one seen."""
    asked = ask(connection, rules, school_ids, on, since)
    if asked is None:
        return []
    given = (
        asked.given | {"limit": limit, "status": status} | {f"after_{n}": each for n, each in enumerate(after or ())}
    )
    wanted = frozenset(rules), asked.within, asked.holds, status is not None, after is not None
    return read(connection, _records(*wanted, connection.dialect.name), asked._replace(given=given))


def earliest_opening(connection: Connection, rules: Collection[str], school_ids: SchoolIds, on: date) -> date | None:
    """The day on which the first obligation counted on `on` opened; None when nothing is counted."""
    asked = ask(connection, rules, school_ids, on, None)
    if asked is None:
        return None
    statement = _opening(frozenset(rules), asked.within, connection.dialect.name)
    found: date | None = connection.scalar(statement, asked.given)
    return found


@lru_cache(maxsize=STATEMENTS)
def _opening(rules: frozenset[str], within: Within, dialect: str) -> Statement:
    opened = openings(rules, within, dialect).subquery("opened")
    return select(func.min(opened.c.opens_on))


def _schools(school_ids: SchoolIds) -> dict[str, Any]:
    return {} if school_ids is None else {"schools": sorted(school_ids)}


def ask(
    connection: Connection,
    rules: Collection[str],
    school_ids: SchoolIds,
    on: date,
    since: date | None,
    readings: Readings | None = None,
    within: Within | None = None,
    subjects: Collection[int] | None = None,
    judged_by: AsSet | None = None,
) -> Asked | None:
    """A judged question, by the readings chosen unless others are given; None when there is nothing to ask about."""
    judged_by = judged_by or as_set(connection, school_ids, on)
    of_school = judged_by.of_school
    if not rules or not of_school or (subjects is not None and not subjects):
        return None
    given = {"on": on, "since": since or EARLIEST} | _schools(school_ids)
    given["held_settings"] = list(judged_by.held)
    if subjects is None:
        subjects = held.cards_of(connection, rules, school_ids, on)
    if subjects:
        given["subjects"] = sorted(subjects)
    readings = readings or readings_of(connection)
    chosen = frozenset((each.reading, each.option) for each in readings.of_grounds)
    within = replace(within or Within(schools=school_ids is not None), choices=chosen)
    given |= years_of(readings.of_grounds)
    found = connection.execute(_anchors(frozenset(rules), within), given)
    starts = starts_of(connection, school_ids)
    of_grades = judged_by.of_grades() if BY_CLASS in chosen else relations.NOBODY
    return Asked(given | relations.parameters(of_school, map(tuple, found), readings, starts, of_grades), within)


@lru_cache(maxsize=STATEMENTS)
def _anchors(rules: frozenset[str], within: Within) -> Any:
    return anchors(rules, within)


@lru_cache(maxsize=STATEMENTS)
def _counts(rules: frozenset[str], within: Within, holds: bool, group: str, dialect: str) -> Statement:
    by_school = _by_school(facts(rules, within, JUDGED, dialect))
    if holds:
        others = (_by_school(each, weighed=True) for each in _held_otherwise(rules, within, dialect))
        both = union_all(by_school, *others).subquery("both")
        by_school = select(both.c.school_id, both.c.rule, *_sums(both)).group_by(both.c.school_id, both.c.rule)
    if group == "school":
        return by_school
    # Schools first, then what they belong to: the join then meets hundreds of rows and not hundreds of thousands.
    inner = by_school.subquery("by_school")
    key = {"municipality": SCHOOL.c.municipality_id, "rule": cast(null(), Integer)}[group]
    source = inner.join(SCHOOL, SCHOOL.c.id == inner.c.school_id)
    return (
        select(key.label("of_group"), inner.c.rule, *_sums(inner))
        .select_from(source)
        .group_by("of_group", inner.c.rule)
    )


def _by_school(fact: Subquery, weighed: bool = False) -> Select[Any]:
    """The numbers of a school's rule; a fact counts once, or by its weight."""
    weight = [fact.c.weight] if weighed else []
    judged = fenced(select(fact.c.school_id, fact.c.rule, status_of(fact).label("status"), *weight)).subquery("judged")
    number = func.sum(judged.c.weight) if weighed else func.count()
    numbers = (number.filter(judged.c.status == status.value) for status in Status)
    told = (func.coalesce(each, 0).label(status.value) for each, status in zip(numbers, Status, strict=True))
    return select(judged.c.school_id, judged.c.rule, *told).group_by(judged.c.school_id, judged.c.rule)


def _sums(numbers: Subquery) -> list[Any]:
    """PostgreSQL sums whole numbers to a decimal."""
    return [cast(func.sum(numbers.c[status.value]), Integer).label(status.value) for status in Status]


@lru_cache(maxsize=STATEMENTS)
def _records(
    rules: frozenset[str], within: Within, holds: bool, of_status: bool, later: bool, dialect: str
) -> Statement:
    fact = _with_held(rules, within, holds, tuple(COLUMNS), dialect)
    judged = fenced(select(*fact.c, status_of(fact).label("status"))).subquery("judged")
    page, place = sorted_facts(judged)
    if of_status:
        page = page.where(judged.c.status == bindparam("status"))
    if later:
        last = (bindparam(f"after_{n}", type_=column.type) for n, column in enumerate(place))
        page = page.where(tuple_(*place) > tuple_(*last))
    return detailed(page.order_by(*place).limit(bindparam("limit")), rules)


@lru_cache(maxsize=STATEMENTS)
def _failing(rules: frozenset[str], within: Within, holds: bool, dialect: str) -> Statement:
    names = Failing._fields[:-1]
    fact = _with_held(rules, within, holds, tuple(dict.fromkeys((*JUDGED, *names))), dialect)
    columns = (fact.c[name] for name in names)
    judged = fenced(select(*columns, status_of(fact).label("status"))).subquery("judged")
    bad = judged.c.status.in_([Status.LATE.value, Status.OVERDUE.value])
    return select(*judged.c).where(bad).order_by(*judged.c)


@lru_cache(maxsize=STATEMENTS)
def _owed(rules: frozenset[str], within: Within, dialect: str) -> Statement:
    fact = with_held(rules, within, dialect)
    return select(*(fact.c[name] for name in COLUMNS), status_of(fact).label("status"))


def _with_held(rules: frozenset[str], within: Within, holds: bool, columns: Sequence[str], dialect: str) -> Subquery:
    """The facts; those about the cards `:subjects`, of which something is held, as they stand with it."""
    fact = facts(rules, within, columns, dialect)
    if not holds:
        return fact
    of_held = [with_held(*own, dialect) for own in held.by_table(rules, within)]
    return held.laid_over(fact, of_held, rules, columns)


def _held_otherwise(rules: frozenset[str], within: Within, dialect: str) -> list[Subquery]:
    """A table of cards each."""
    found = []
    for own, of_held in held.by_table(rules, within):
        told = facts(own, of_held, dialect=dialect)
        found.append(held.otherwise(told, or_(*set_aside(told)), own, of_held, dialect))
    return found


def with_held(rules: frozenset[str], within: Within, dialect: str) -> Subquery:
    own = facts(rules, within, dialect=dialect)
    return held.chosen(own, or_(*set_aside(own)), rules, within, dialect)
