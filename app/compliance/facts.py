"""Facts of obligations: one select a rule, the ground of both evaluations.

A fact row says what is owed, from which day, what was entered and what sets the duty aside, as known on the day `:on`.
Everything entered or annulled later is not known yet; what is known now about earlier days (hindsight) is.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    String,
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
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from app.compliance.bindings.movement import (
    LINE,
    OBLIGATIONS,
    ORDER,
    REPEATING,
    AtYearEnd,
    BeforeYear,
    ByLine,
    Obligation,
)
from app.compliance.calendars import Statement
from app.compliance.relations import fenced, with_due
from app.compliance.within import CLASS, MEMBER, ON, OUTCOME, PERIOD, SINCE, YEAR, Within
from app.models.movement.kinds import OrderKind
from app.regulation import load_regulation

COLUMNS: dict[str, Any] = {
    "rule": String,
    "kind": String,  # of the order that is the evidence
    "school_id": Integer,
    "pupil_id": Integer,
    "academic_year_id": Integer,
    "class_id": Integer,
    "subject_id": Integer,  # the line (shape R) or the membership (shape E) that the obligation is about
    "line_id": Integer,  # shape R
    "membership_id": Integer,  # shape E
    "anchor": Date,  # from this date the regulation counts the term
    "opens_on": Date,  # counted nowhere before
    "due": Date,  # when asked for with the dialect of the database
    "evidence": Date,  # entered on, if that is no later than :on
    "annulled_on": Date,  # shape R: the event did not take place
    "stays_from": Date,  # shape E: a departure from this day on sets the duty aside
    "exempt": Integer,  # shape E: 1 when a repeating pupil is not enrolled anew
}
JUDGED = ("rule", "school_id", "pupil_id", "due", "evidence", "annulled_on", "stays_from", "exempt")
"""What a status needs. Counts carry no more: each column costs time on a region."""


class year_day(GenericFunction[date]):  # noqa: N801 - named as a function is in SQL
    """A day of the calendar year that a column holds."""

    type = Date()
    inherit_cache = True


@compiles(year_day, "sqlite")
def _year_day_sqlite(element: year_day, compiler: Any, **kw: Any) -> str:
    return f"printf('%04d-%02d-%02d', {compiler.process(element.clauses, **kw)})"


@compiles(year_day, "postgresql")
def _year_day_postgresql(element: year_day, compiler: Any, **kw: Any) -> str:
    return f"make_date({compiler.process(element.clauses, **kw)})"


def facts(
    rules: Collection[str], within: Within, columns: Sequence[str] = tuple(COLUMNS), dialect: str | None = None
) -> Subquery:
    """The facts of these rules: the columns, and `left_on`, the day the pupil left with nothing entered."""
    selects = (
        one.with_only_columns(*(one.selected_columns[name] for name in columns))
        for one in _selects(rules, within, dialect)
    )
    base = fenced(union_all(*selects)).subquery("fact")
    gone = LINE.alias("gone")
    left = select(func.min(gone.c.event_date)).where(
        gone.c.pupil_id == base.c.pupil_id,
        gone.c.kind == OrderKind.DEPARTURE,
        gone.c.event_date >= base.c.stays_from,
        *in_force(gone, _expression(gone.c.entered_on)),
    )
    left_on = case((and_(base.c.evidence.is_(None), base.c.stays_from.is_not(None)), left.scalar_subquery()))
    return select(*base.c, left_on.label("left_on")).subquery("facts")


def openings(rules: Collection[str], within: Within) -> Any:
    """The days on which the obligations of these rules opened, one row each; nothing else is looked up."""
    selects = _selects(rules, within, dialect=None)
    return union_all(*(one.with_only_columns(one.selected_columns["opens_on"]) for one in selects))


def in_force(line: FromClause, entered_on: ColumnElement[Any] | None = None) -> tuple[ColumnElement[bool], ...]:
    """The line was entered by the day and its order not annulled by then: from the annulment on it is no evidence."""
    annulled = select(ORDER.c.id).where(ORDER.c.annulled_on <= ON)
    entered_on = line.c.entered_on if entered_on is None else entered_on
    return entered_on <= ON, line.c.order_id.not_in(annulled)


def _expression(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """A date that no index is tried for.

    In SQLite a bare DATE column has numeric affinity, with which text dates find no index; PostgreSQL prices an index
    on the school year and the entry date for every school year.
    """
    return func.coalesce(day, null(), type_=Date)


def anchors(rules: Collection[str], within: Within) -> Any:
    """(rule, anchor): the dates from which terms of these rules are counted, each once."""
    return union_all(*(_anchors(OBLIGATIONS[rule], within) for rule in sorted(rules)))


def _anchors(declared: Obligation, within: Within) -> Statement:
    rule = literal(declared.rule).label("rule")
    if isinstance(declared, AtYearEnd):
        return select(rule, _year_ends(within).c.day.label("anchor")).distinct()
    if isinstance(declared, BeforeYear):
        opens = _opens(declared)
        return select(rule, opens.label("anchor")).where(_open(opens), *within.years()).distinct()
    table = declared.trigger.table
    narrowed = _open(declared.trigger), table.c.kind == declared.kind, *within.of_schools(table)
    return select(rule, declared.trigger.label("anchor")).where(*narrowed).distinct()


def _selects(rules: Collection[str], within: Within, dialect: str | None) -> list[Statement]:
    declared = [OBLIGATIONS[rule] for rule in sorted(rules)]
    found = [_by_line(one, within, dialect) for one in declared if isinstance(one, ByLine)]
    found += [_before_year(one, within, dialect) for one in declared if isinstance(one, BeforeYear)]
    at_year_end = [one for one in declared if isinstance(one, AtYearEnd)]
    # One pass over the classes for all four: a member falls under exactly one of them.
    return [*found, _at_year_end(at_year_end, within, dialect)] if at_year_end else found


def _row(**values: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """The columns in their order; an absent one is a NULL of its type, which PostgreSQL wants in a union."""
    return [values.get(name, cast(null(), kind)).label(name) for name, kind in COLUMNS.items()]


def _due(source: FromClause, school_id: Any, anchor: Any, rules: Sequence[str], dialect: str | None) -> tuple[Any, Any]:
    if dialect is None:
        return source, dict.fromkeys(rules, cast(null(), Date))
    return with_due(source, school_id, anchor, rules, dialect)


def _open(day: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(day <= ON, day >= SINCE)


def _by_line(declared: ByLine, within: Within, dialect: str | None) -> Statement:
    trigger = _expression(declared.trigger)
    source = LINE.join(ORDER, ORDER.c.id == LINE.c.order_id)
    source, due = _due(source, LINE.c.school_id, trigger, [declared.rule], dialect)
    columns = _row(
        rule=literal(declared.rule),
        kind=literal(declared.kind.value),
        school_id=LINE.c.school_id,
        pupil_id=LINE.c.pupil_id,
        academic_year_id=LINE.c.academic_year_id,
        class_id=func.coalesce(LINE.c.to_class_id, LINE.c.from_class_id),
        subject_id=LINE.c.id,
        line_id=LINE.c.id,
        anchor=trigger,
        opens_on=trigger,
        due=due[declared.rule],
        evidence=case((LINE.c.entered_on <= ON, LINE.c.entered_on)),
        annulled_on=case((ORDER.c.annulled_on <= ON, ORDER.c.annulled_on)),
    )
    narrowed = LINE.c.kind == declared.kind, _open(declared.trigger), *within.lines()
    return select(*columns).select_from(source).where(*narrowed)


def _year_ends(within: Within) -> Subquery:
    """School years and the last day of their last study period, once that day has come."""
    last = func.max(PERIOD.c.ends_on)
    return (
        select(YEAR.c.id, YEAR.c.school_id, last.label("day"))
        .join_from(YEAR, PERIOD, PERIOD.c.academic_year_id == YEAR.c.id)
        .where(*within.years())
        .group_by(YEAR.c.id, YEAR.c.school_id)
        .having(_open(last))
        .subquery("year_end")
    )


def _at_year_end(declared: Sequence[AtYearEnd], within: Within, dialect: str | None) -> Statement:
    classes = _classes_at_year_end(declared, within, dialect)
    repeats = MEMBER.c.id.in_(select(OUTCOME.c.membership_id).where(OUTCOME.c.outcome.in_(REPEATING)))
    by_outcome = {
        name: case((repeats, classes.c[f"repeating_{name}"]), else_=classes.c[f"moving_{name}"])
        for name in ("rule", "kind", "due")
    }
    day = classes.c.day
    columns = _row(anchor=day, opens_on=day, stays_from=day, **by_outcome, **_of_member(classes, by_outcome["kind"]))
    covers = and_(MEMBER.c.starts_on <= day, or_(MEMBER.c.ends_on.is_(None), MEMBER.c.ends_on >= day))
    source = classes.join(MEMBER, and_(MEMBER.c.class_id == classes.c.id, covers))
    return select(*columns).select_from(source).where(by_outcome["rule"].is_not(None), *within.members())


def _classes_at_year_end(declared: Sequence[AtYearEnd], within: Within, dialect: str | None) -> Subquery:
    """Classes whose last study period is over, with what those owe who move on and those who repeat."""
    year = _year_ends(within)
    source, due = _due(year, year.c.school_id, year.c.day, [one.rule for one in declared], dialect)
    values = {
        one.rule: {"rule": literal(one.rule), "kind": literal(one.kind.value), "due": due[one.rule]} for one in declared
    }
    owed = (
        _by_grade([one for one in declared if one.repeating is repeating], name, values).label(f"{word}_{name}")
        for word, repeating in (("moving", False), ("repeating", True))
        for name in ("rule", "kind", "due")
    )
    source = source.join(CLASS, CLASS.c.academic_year_id == year.c.id)
    columns = (CLASS.c.id, CLASS.c.academic_year_id, year.c.school_id, year.c.day)
    return fenced(select(*columns, *owed).select_from(source)).subquery("class_end")


def _by_grade(
    declared: Sequence[AtYearEnd], name: str, values: dict[str, dict[str, ColumnElement[Any]]]
) -> ColumnElement[Any]:
    whens = [(CLASS.c.grade.in_(one.grades), values[one.rule][name]) for one in declared]
    return case(*whens) if whens else cast(null(), COLUMNS[name])


def _before_year(declared: BeforeYear, within: Within, dialect: str | None) -> Statement:
    opens = _opens(declared)
    opened, closed = LINE.alias("opened"), LINE.alias("closed")
    source, due = _due(YEAR, YEAR.c.school_id, opens, [declared.rule], dialect)
    source = (
        source.join(CLASS, and_(CLASS.c.academic_year_id == YEAR.c.id, CLASS.c.grade == declared.grade))
        .join(MEMBER, and_(MEMBER.c.class_id == CLASS.c.id, MEMBER.c.starts_on <= YEAR.c.starts_on))
        .outerjoin(opened, opened.c.id == MEMBER.c.opened_by_id)
        .outerjoin(closed, closed.c.id == MEMBER.c.closed_by_id)
    )
    columns = _row(
        rule=literal(declared.rule),
        kind=literal(declared.kind.value),
        anchor=opens,
        opens_on=opens,
        due=due[declared.rule],
        stays_from=MEMBER.c.starts_on,
        exempt=case((opened.c.kind == declared.exempt, 1)),
        **_of_member(CLASS, literal(declared.kind.value)),
    )
    # Whoever was moved to another class before the year began is counted there.
    until = func.coalesce(MEMBER.c.ends_on, YEAR.c.starts_on)
    stayed = or_(closed.c.id.is_(None), closed.c.kind != OrderKind.TRANSFER, until >= YEAR.c.starts_on)
    return select(*columns).select_from(source).where(_open(opens), stayed, *within.years(), *within.members())


def _opens(declared: BeforeYear) -> ColumnElement[date]:
    """The regulation's day, in the calendar year in which the school year begins."""
    day = load_regulation().rules[declared.rule].opens.day
    if day is None:
        raise LookupError(f"Правило «{declared.rule}» не называет дня открытия.")
    return year_day(YEAR.c.start_year, day.month, day.day)


def _of_member(classes: FromClause, kind: ColumnElement[Any]) -> dict[str, ColumnElement[Any]]:
    """Whose obligation it is, and the first entry of an order of that kind on the pupil in that year."""
    entered = select(func.min(LINE.c.entered_on)).where(
        LINE.c.pupil_id == MEMBER.c.pupil_id,
        LINE.c.kind == kind,
        LINE.c.academic_year_id == classes.c.academic_year_id,
        *in_force(LINE),
    )
    return {
        "school_id": classes.c.school_id,
        "pupil_id": MEMBER.c.pupil_id,
        "academic_year_id": classes.c.academic_year_id,
        "class_id": MEMBER.c.class_id,
        "subject_id": MEMBER.c.id,
        "membership_id": MEMBER.c.id,
        "evidence": entered.correlate(MEMBER, classes).scalar_subquery(),
    }
