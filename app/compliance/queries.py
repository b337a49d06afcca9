"""Many obligations judged in SQL: counts, the records behind a count, and the facts of one pupil or order.

Core selects bypass the row scope of the session, so every function here takes the set of schools explicitly: what is
not in it does not exist. None is every school.
"""

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, and_, bindparam, case, cast, false, func, literal, null, select, tuple_

from app.compliance import relations
from app.compliance.bindings.movement import RULES, rules_of
from app.compliance.calendars import SchoolIds, Statement, calendars
from app.compliance.columns import JUDGED
from app.compliance.facts import anchors, facts, openings
from app.compliance.readings import Readings, readings_of
from app.compliance.records import Record, detailed, sorted_facts, with_entries
from app.compliance.relations import fenced
from app.compliance.status import Status
from app.compliance.within import EARLIEST, ON, Within
from app.models.movement.kinds import OrderKind
from app.models.schools import School

SCHOOL = School.__table__
ABOUT = {"pupil": "pupil", "movement_order": "order"}
"""Table → what narrows a question to some of its records."""
STANDING = (*JUDGED, "subject_id")


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
    given = _given(connection, rules, school_ids, on, since, readings)
    if given is None:
        return []
    statement = _counts(frozenset(rules), school_ids is not None, group, connection.dialect.name)
    return [
        Count(key, rule, status, number)
        for key, rule, *numbers in connection.execute(statement, given)
        for status, number in zip(Status, numbers, strict=True)
        if number
    ]


class Standing(NamedTuple):
    """How one duty stands on a day. Equal rows are one duty in one state: two lists of them are compared as sets."""

    rule: str
    school_id: int
    subject_id: int
    """The number of the record that the duty is owed for, of the table that the rule looks at."""
    due: date | None
    evidence: date | None
    """Entered on, where that is no later than the day asked about."""
    status: Status


def standing(
    connection: Connection, about: str, keys: Collection[int], school_ids: SchoolIds, on: date
) -> list[Standing]:
    """Every duty about these records, opened by `on`, as it stands on that day: in one statement, in a fixed order.

    `about` names the records by their table: "pupil" or "movement_order" (the duties of its lines and of its pupils in
    its school year); `keys` are some thousands at most. For comparing what is owed before an act with what is owed
    after it, in one transaction: flush first. Raises LookupError for another table.
    """
    if about not in ABOUT:
        raise LookupError(f"Обязанности не находят по таблице «{about}»; есть: {', '.join(ABOUT)}.")
    of_school = calendars(connection, school_ids)
    if not keys or not of_school:
        return []
    within = Within(schools=school_ids is not None, **{ABOUT[about]: True})
    given = {"on": on, "since": EARLIEST, "subjects": sorted(keys)} | _schools(school_ids)
    found = connection.execute(_anchors(frozenset(RULES), within), given)
    given |= relations.parameters(of_school, map(tuple, found), readings_of(connection))
    rows = connection.execute(_standing(within, connection.dialect.name), given)
    return [Standing._make((*values, Status(status))) for *values, status in rows]


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
    given = _given(connection, rules, school_ids, on, since)
    if given is None:
        return []
    given |= {"limit": limit, "status": status} | {f"after_{n}": value for n, value in enumerate(after or ())}
    wanted = frozenset(rules), school_ids is not None, status is not None, after is not None
    found = connection.execute(_records(*wanted, connection.dialect.name), given)
    return with_entries(connection, [Record(**row._mapping) for row in found])


def pupil_facts(connection: Connection, pupil_id: int, school_ids: SchoolIds, on: date) -> list[Record]:
    """All that is or was owed about a pupil, opened by `on`, in one query; `evaluate` judges each."""
    return _facts(connection, RULES, school_ids, on, "pupil", pupil_id)


def order_facts(
    connection: Connection, order_id: int, kind: OrderKind, school_ids: SchoolIds, on: date
) -> list[Record]:
    """The obligations that an order of this kind bears on: of its lines, or of its pupils in its school year."""
    return _facts(connection, rules_of(kind), school_ids, on, "movement_order", order_id)


def earliest_opening(connection: Connection, rules: Collection[str], school_ids: SchoolIds, on: date) -> date | None:
    """The day on which the first obligation counted on `on` opened; None when nothing is counted."""
    if not rules or (school_ids is not None and not school_ids):
        return None
    given = {"on": on, "since": EARLIEST} | _schools(school_ids)
    found: date | None = connection.scalar(_opening(frozenset(rules), school_ids is not None), given)
    return found


@cache
def _opening(rules: frozenset[str], scoped: bool) -> Statement:
    opened = openings(rules, Within(schools=scoped)).subquery("opened")
    return select(func.min(opened.c.opens_on))


def _facts(
    connection: Connection, rules: Collection[str], school_ids: SchoolIds, on: date, about: str, key: int
) -> list[Record]:
    if not rules or (school_ids is not None and not school_ids):
        return []
    given = {"on": on, "since": EARLIEST, "subjects": [key]} | _schools(school_ids)
    statement = _facts_of(frozenset(rules), Within(schools=school_ids is not None, **{ABOUT[about]: True}))
    return with_entries(connection, [Record(**row._mapping) for row in connection.execute(statement, given)])


def _schools(school_ids: SchoolIds) -> dict[str, Any]:
    return {} if school_ids is None else {"schools": sorted(school_ids)}


def _given(
    connection: Connection,
    rules: Collection[str],
    school_ids: SchoolIds,
    on: date,
    since: date | None,
    readings: Readings | None = None,
) -> dict[str, Any] | None:
    """The parameters of a judged statement; None when there is nothing to ask about."""
    of_school = calendars(connection, school_ids)
    if not rules or not of_school:
        return None
    given = {"on": on, "since": since or EARLIEST} | _schools(school_ids)
    found = connection.execute(_anchors(frozenset(rules), Within(schools=school_ids is not None)), given)
    return given | relations.parameters(of_school, map(tuple, found), readings or readings_of(connection))


@cache
def _anchors(rules: frozenset[str], within: Within) -> Any:
    return anchors(rules, within)


@cache
def _counts(rules: frozenset[str], scoped: bool, group: str, dialect: str) -> Statement:
    fact = facts(rules, Within(schools=scoped), JUDGED, dialect)
    judged = fenced(select(fact.c.school_id, fact.c.rule, _status(fact).label("status"))).subquery("judged")
    numbers = [func.count().filter(judged.c.status == status.value).label(status.value) for status in Status]
    by_school = select(judged.c.school_id, judged.c.rule, *numbers).group_by(judged.c.school_id, judged.c.rule)
    if group == "school":
        return by_school
    # Schools first, then what they belong to: the join then meets hundreds of rows and not hundreds of thousands.
    inner = by_school.subquery("by_school")
    key = {"municipality": SCHOOL.c.municipality_id, "rule": cast(null(), Integer)}[group]
    # PostgreSQL sums whole numbers to a decimal.
    sums = (cast(func.sum(inner.c[status.value]), Integer) for status in Status)
    source = inner.join(SCHOOL, SCHOOL.c.id == inner.c.school_id)
    return select(key.label("of_group"), inner.c.rule, *sums).select_from(source).group_by("of_group", inner.c.rule)


@cache
def _records(rules: frozenset[str], scoped: bool, of_status: bool, later: bool, dialect: str) -> Statement:
    fact = facts(rules, Within(schools=scoped), dialect=dialect)
    judged = fenced(select(*fact.c, _status(fact).label("status"))).subquery("judged")
    page, place = sorted_facts(judged)
    if of_status:
        page = page.where(judged.c.status == bindparam("status"))
    if later:
        last = (bindparam(f"after_{n}", type_=column.type) for n, column in enumerate(place))
        page = page.where(tuple_(*place) > tuple_(*last))
    return detailed(page.order_by(*place).limit(bindparam("limit")))


@cache
def _standing(within: Within, dialect: str) -> Statement:
    fact = facts(frozenset(RULES), within, STANDING, dialect)
    judged = fenced(select(*fact.c, _status(fact).label("status"))).subquery("judged")
    told = [judged.c[name] for name in Standing._fields]
    return select(*told).order_by(*told[:3])


@cache
def _facts_of(rules: frozenset[str], within: Within) -> Statement:
    page, _ = sorted_facts(facts(rules, within))
    return detailed(page)


def _stood_late(fact: Any) -> Any:
    """The entry was late, and of a day before the annulment. Never NULL."""
    late = and_(fact.c.evidence < fact.c.annulled_on, fact.c.evidence > fact.c.due)
    return func.coalesce(late, false())


def _status(fact: Any) -> Any:
    """The same questions in the same order as `evaluate` asks of one record."""
    set_aside = (
        fact.c.due.is_(None),
        # Annulling takes back what was entered in time; lateness that stood before it stays.
        and_(fact.c.annulled_on.is_not(None), ~_stood_late(fact)),
        fact.c.exempt.is_not(None),
        fact.c.left_on <= fact.c.due,
    )
    return case(
        *((condition, literal(Status.NOT_APPLICABLE.value)) for condition in set_aside),
        (fact.c.evidence <= fact.c.due, literal(Status.ON_TIME.value)),
        (fact.c.evidence.is_not(None), literal(Status.LATE.value)),
        (fact.c.due >= ON, literal(Status.PENDING.value)),
        else_=literal(Status.OVERDUE.value),
    )
