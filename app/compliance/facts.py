"""Facts of duties: the selects of their shapes put together, the ground of both evaluations.

A fact row says what is owed, from which day, what was entered and what sets the duty aside, as known on the day `:on`.
Everything entered or withdrawn later is not known yet; what is known now about earlier days (hindsight) is.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Date, Subquery, and_, case, cast, func, literal, null, or_, select, union_all

from app.compliance.columns import COLUMNS
from app.compliance.duties import bindings_of, duties_of
from app.compliance.relations import BEFORE_START, fenced
from app.compliance.within import ON, Within


def facts(
    rules: Collection[str], within: Within, columns: Sequence[str] = tuple(COLUMNS), dialect: str | None = None
) -> Subquery:
    """The facts of these rules: the columns, and `ended_on`, the day the ground ended with nothing entered."""
    # By the anchor it is told which reading was chosen.
    ending = [name for each in bindings_of(rules) for name in each.ended_by]
    wanted = dict.fromkeys([*columns, *ending, *(("anchor",) if within.choices else ())])
    selects = (
        one.with_only_columns(*(one.selected_columns[name] for name in wanted))
        for duty, asked in duties_of(rules)
        for one in duty.selects(asked, within, dialect)
    )
    base = fenced(union_all(*selects)).subquery("fact")
    found = select(*(base.c[name] for name in columns), _ended(rules, base, within, dialect).label("ended_on"))
    told = found if within.coming else found.where(_counted(base))
    return _ended_late(rules, told) if _late(rules) else told.subquery("facts")


def _late(rules: Collection[str]) -> list[str]:
    return [rule for each in bindings_of(rules) if each.ends_late for rule in each.rules]


def _ended_late(rules: Collection[str], told: Any) -> Subquery:
    """What can no longer be done since its ground ended is as if it had been done on that day."""
    fact = fenced(told).cte()  # not one within the other: SQLite parses only so deep
    gone = fact.c.rule.in_(_late(rules)), fact.c.ended_on > fact.c.due, fact.c.ended_on <= ON
    evidence = func.coalesce(fact.c.evidence, case((and_(*gone), fact.c.ended_on)), type_=Date)
    kept = (evidence.label("evidence") if each.name == "evidence" else each for each in fact.c)
    return select(*kept).subquery("facts")


def _counted(fact: Subquery) -> ColumnElement[bool]:
    """Not due before the school began to keep its records here; what has no term is told as such."""
    return or_(fact.c.due.is_(None), fact.c.due != literal(BEFORE_START, Date))


def _ended(rules: Collection[str], base: Subquery, within: Within, dialect: str | None) -> ColumnElement[Any]:
    """Looked up only where it decides: after everything else, for what has no evidence and may have ended."""
    whens = [
        (and_(*_only_of(each.rules, rules, base), base.c.evidence.is_(None), base.c.stays_from.is_not(None)), day)
        for each in bindings_of(rules)
        if each.ended is not None and (day := each.ended(base, within, dialect)) is not None
    ]
    return case(*whens) if whens else cast(null(), Date)


def _only_of(own: Sequence[str], rules: Collection[str], base: Subquery) -> list[ColumnElement[bool]]:
    """A condition on the rule, where facts of other bindings stand there too."""
    return [] if set(rules) <= set(own) else [base.c.rule.in_(own)]


def openings(rules: Collection[str], within: Within, dialect: str) -> Any:
    """The days on which the duties of these rules opened, one row each; nothing else of them is looked up."""
    selects = (
        one.with_only_columns(*(one.selected_columns[name] for name in ("opens_on", "due")))
        for duty, asked in duties_of(rules)
        for one in duty.selects(asked, within, dialect)
    )
    opened = fenced(union_all(*selects)).subquery("opened")
    return select(opened.c.opens_on).where(_counted(opened))


def anchors(rules: Collection[str], within: Within) -> Any:
    """(rule, anchor): the dates from which terms of these rules are counted."""
    return union_all(*(one for duty, asked in duties_of(rules) for one in duty.anchors(asked, within)))
