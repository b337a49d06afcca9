"""Facts that an act would have bettered or removed, laid over those that the tables tell (deadlines.md, Entries, 2).

A held fact stands on every day on which it was open, until the day of its end. Of it and of what the tables tell of the
same duty the worse one counts, by calendar days from due to entry: what is taken back leaves nothing good behind it.
Held are few: their cards are asked about apart, so that a region pays for all others as before.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from app.compliance.calendars import SchoolIds, Statement
from app.compliance.columns import COLUMNS, days_from, row, school_year_of
from app.compliance.duties import bindings_of, duties_of, duty_of
from app.compliance.relations import started
from app.compliance.within import ON, SINCE, SUBJECTS, Asked, Within
from app.models.engine.held import held_fact
from app.regulation import load_regulation

HELD = held_fact
NOT_OWED = -1_000_000
"""Days of a duty that is set aside: better than any."""
Key = tuple[str, int, int, int]


def key_of(rule: str, subject_id: int, about_id: int, anchor: date) -> Key:
    """What makes two facts tell of one duty: their subject, or the card and the school year (`Duty.of_card`)."""
    owed = duty_of(rule)
    if not owed.of_card:
        return rule, subject_id, about_id if owed.of_each_card else 0, 0
    return owed.rules[0], 0, about_id, load_regulation().rules[rule].year_starts.school_year(anchor)


def _key(fact: FromClause, rules: Collection[str]) -> list[ColumnElement[Any]]:
    """The same in SQL."""
    of_card = [duty.rules for duty, _ in duties_of(rules) if duty.of_card]
    each_card = [rule for duty, _ in duties_of(rules) if duty.of_each_card for rule in duty.rules]
    about = [case((fact.c.rule.in_(each_card), fact.c.about_id))] if each_card else []
    if not of_card:
        return [fact.c.rule, fact.c.subject_id, *about]
    alike = case(*((fact.c.rule.in_(each), literal(each[0])) for each in of_card), else_=fact.c.rule)
    years = case(*((fact.c.rule.in_(each), school_year_of(each[0], fact.c.anchor)) for each in of_card))
    by_card = fact.c.rule.in_([rule for each in of_card for rule in each])
    return [alike, case((~by_card, fact.c.subject_id)), case((by_card, fact.c.about_id)), years, *about]


def by_table(rules: Collection[str], within: Within) -> list[tuple[frozenset[str], Within]]:
    """The rules of which something may be held, a table of cards each, with the question about the cards `:subjects` of
    that table. Numbers of another table's cards among them do no harm: they are few, and stand as they are told."""
    own: dict[str, frozenset[str]] = defaultdict(frozenset)
    for each in bindings_of(rules):
        if each.grounds:
            own[each.about] |= frozenset(each.rules).intersection(rules)
    return [(found, replace(within, about=table)) for table, found in own.items()]


def cards_of(connection: Connection, rules: Collection[str], school_ids: SchoolIds, on: date) -> list[int]:
    """The cards of which something is held on a day: few, and mostly none."""
    found = select(HELD.c.about_id).where(*_stands(), HELD.c.rule.in_(sorted(rules))).distinct()
    if school_ids is not None:
        found = found.where(HELD.c.school_id.in_(sorted(school_ids)))
    return sorted(connection.scalars(found, {"on": on}))


def is_any(connection: Connection, rules: Collection[str], asked: Asked) -> bool:
    """Whether something is held of what is asked about."""
    return connection.execute(_any(frozenset(rules), asked.within), asked.given).first() is not None


@lru_cache(maxsize=64)
def _any(rules: frozenset[str], within: Within) -> Statement:
    narrowed = *within.of_schools(HELD), *_asked(rules, within)
    return select(HELD.c.id).where(*_stands(), HELD.c.rule.in_(sorted(rules)), *narrowed).limit(1)


def numbers(
    connection: Connection, rules: Collection[str], school_ids: SchoolIds, on: date
) -> Counter[tuple[int, str]]:
    """(school, rule) → how many duties stand on a day as they stood before an act of that day or an earlier one."""
    found = select(HELD.c.school_id, HELD.c.rule, func.count()).where(
        *_stands(), HELD.c.since_on <= ON, HELD.c.rule.in_(sorted(rules))
    )
    if school_ids is not None:
        found = found.where(HELD.c.school_id.in_(sorted(school_ids)))
    rows = connection.execute(found.group_by(HELD.c.school_id, HELD.c.rule), {"on": on})
    return Counter({(school_id, rule): number for school_id, rule, number in rows})


def of_correction(connection: Connection, correction_id: int) -> dict[date, dict[str, set[int]]]:
    """The cards of which something waits, or has waited, for a correction: by the day of the act and their table."""
    found: dict[date, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    columns = HELD.c.since_on, HELD.c.about, HELD.c.about_id
    for day, about, key in connection.execute(select(*columns).where(HELD.c.correction_id == correction_id)):
        found[day][about].add(key)
    return found


def is_held_by(connection: Connection, correction_id: int) -> bool:
    """Whether something still stands as it stood because of it."""
    mine = HELD.c.correction_id == correction_id, HELD.c.until_on.is_(None)
    return connection.execute(select(HELD.c.id).where(*mine).limit(1)).first() is not None


def _held(rules: Collection[str], within: Within, dialect: str) -> Statement:
    """The held facts of these rules that stand on the day, in the columns of a fact; those alone that are counted, but
    for a card, which is told the others too."""
    values: dict[str, ColumnElement[Any]] = {name: HELD.c[name] for name in COLUMNS if name in HELD.c}
    values |= {"evidence": case((HELD.c.evidence <= ON, HELD.c.evidence)), "held_id": HELD.c.id}
    narrowed = [*within.of_schools(HELD), *_asked(rules, within)]
    if not within.coming:
        narrowed.append(started(HELD.c.school_id, HELD.c.due, dialect))
    return select(*row(**values)).where(*_stands(), HELD.c.rule.in_(sorted(rules)), *narrowed)


def _stands() -> tuple[ColumnElement[bool], ...]:
    return HELD.c.opens_on <= ON, or_(HELD.c.until_on.is_(None), HELD.c.until_on > ON)


def _asked(rules: Collection[str], within: Within) -> list[ColumnElement[bool]]:
    if within.about is None:
        return []
    others = [each.held_by[within.about](HELD) for each in bindings_of(rules) if within.about in each.held_by]
    return [or_(and_(HELD.c.about == within.about, HELD.c.about_id.in_(SUBJECTS)), *others)]


def and_held(fact: Subquery, rules: Collection[str], within: Within, dialect: str) -> Subquery:
    """The facts and the held ones side by side; `evaluate.standing` chooses."""
    held = _held(rules, within, dialect).subquery("held")
    return union_all(select(*fact.c), select(*held.c, _no_day().label("ended_on"))).subquery("candidates")


def laid_over(fact: Subquery, of_held: Sequence[Subquery], rules: Collection[str], columns: Sequence[str]) -> Subquery:
    """The facts, but those about the cards `:subjects`, of which something is held, as `chosen`."""
    names = *columns, "ended_on"
    apart: ColumnElement[bool] = fact.c.about_id.in_(SUBJECTS)
    holding = [rule for each in bindings_of(rules) if each.grounds for rule in each.rules]
    if not set(rules) <= set(holding):
        apart = and_(fact.c.rule.in_(holding), apart)
    others = select(*(fact.c[name] for name in names)).where(~apart)
    return union_all(others, *(select(*(each.c[name] for name in names)) for each in of_held)).subquery("standing")


def chosen(
    own: Subquery, set_aside: ColumnElement[bool], rules: Collection[str], within: Within, dialect: str
) -> Subquery:
    """Of each duty the worse: what is held, or what the tables tell of it. `own`: those facts, with every column;
    `set_aside`: which of them are owed by nobody."""
    ranked, stands = _ranked(own, set_aside, rules, within, dialect)
    return select(*ranked.c).where(stands, ranked.c.opens_on >= SINCE).subquery("chosen")


def otherwise(
    own: Subquery, set_aside: ColumnElement[bool], rules: Collection[str], within: Within, dialect: str
) -> Subquery:
    """What `chosen` has otherwise than the facts of the tables: how much each fact weighs more, or less, by `weight`.

    A region is counted by its facts and by these few: none of its hundreds of thousands is asked whether it is held.
    """
    ranked, stands = _ranked(own, set_aside, rules, within, dialect)
    is_held = ranked.c.held_id.is_not(None)
    weight = case((and_(is_held, stands, ranked.c.opens_on >= SINCE), 1), (and_(~is_held, ~stands), -1), else_=0)
    weighed = select(*ranked.c, weight.label("weight")).subquery("weighed")
    return select(*weighed.c).where(weighed.c.weight != 0).subquery("otherwise")


def _ranked(
    own: Subquery, set_aside: ColumnElement[bool], rules: Collection[str], within: Within, dialect: str
) -> tuple[CTE, ColumnElement[bool]]:
    """What is told and what is held, and whether it stands against the other."""
    # By names and not one within the other: SQLite parses only so deep.
    held = _held(rules, within, dialect).subquery("held")
    told = select(*own.c, case((set_aside, NOT_OWED), else_=_days(own)).label("days"))
    name = within.about or "all"  # two tables of cards stand in one statement
    both = union_all(told, select(*held.c, _no_day().label("ended_on"), _days(held).label("days"))).cte(f"both_{name}")
    key, is_held = _key(both, rules), both.c.held_id.is_not(None)
    worst = func.max(case((~is_held, both.c.days))).over(partition_by=key)
    worst_held = func.max(case((is_held, both.c.days))).over(partition_by=key)
    place = func.row_number().over(partition_by=[*key, is_held], order_by=[both.c.days.desc(), both.c.held_id])
    ranked = select(*both.c, worst.label("worst"), worst_held.label("worst_held"), place.label("place")).cte(
        f"ranked_{name}"
    )
    is_told = func.coalesce(ranked.c.worst >= ranked.c.worst_held, ranked.c.worst_held.is_(None))
    return ranked, case((ranked.c.held_id.is_(None), is_told), else_=and_(ranked.c.place == 1, ~is_told))


def _days(fact: Subquery) -> ColumnElement[int]:
    return func.coalesce(days_from(func.coalesce(fact.c.evidence, ON), fact.c.due), NOT_OWED)


def _no_day() -> ColumnElement[Any]:
    return cast(null(), Date)
