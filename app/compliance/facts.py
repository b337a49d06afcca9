"""Facts of obligations: one select a rule, the ground of both evaluations.

A fact row says what is owed, from which day, what was entered and what sets the duty aside, as known on the day `:on`.
Everything entered or annulled later is not known yet; what is known now about earlier days (hindsight) is.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
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

from app.compliance.bindings.movement import (
    LINE,
    OBLIGATIONS,
    REPEATING,
    AtYearEnd,
    BeforeYear,
    ByLine,
    Obligation,
)
from app.compliance.calendars import Statement
from app.compliance.columns import COLUMNS, due_of, expression, in_force, is_open, row, year_day
from app.compliance.lines import anchors_of_lines, by_line
from app.compliance.relations import fenced
from app.compliance.within import CLASS, MEMBER, OUTCOME, PERIOD, YEAR, Within
from app.models.movement.kinds import OrderKind
from app.regulation import load_regulation


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
        *in_force(gone, expression(gone.c.entered_on)),
    )
    left_on = case((and_(base.c.evidence.is_(None), base.c.stays_from.is_not(None)), left.scalar_subquery()))
    return select(*base.c, left_on.label("left_on")).subquery("facts")


def openings(rules: Collection[str], within: Within) -> Any:
    """The days on which the obligations of these rules opened, one row each; nothing else is looked up."""
    selects = _selects(rules, within, dialect=None)
    return union_all(*(one.with_only_columns(one.selected_columns["opens_on"]) for one in selects))


def anchors(rules: Collection[str], within: Within) -> Any:
    """(rule, anchor): the dates from which terms of these rules are counted, each once."""
    return union_all(*(each for rule in sorted(rules) for each in _anchors(OBLIGATIONS[rule], within)))


def _anchors(declared: Obligation, within: Within) -> list[Statement]:
    rule = literal(declared.rule).label("rule")
    if isinstance(declared, ByLine):
        return anchors_of_lines(declared, within)
    if isinstance(declared, AtYearEnd):
        return [select(rule, _year_ends(within).c.day.label("anchor")).distinct()]
    opens = _opens(declared)
    return [select(rule, opens.label("anchor")).where(is_open(opens), *within.years()).distinct()]


def _selects(rules: Collection[str], within: Within, dialect: str | None) -> list[Statement]:
    declared = [OBLIGATIONS[rule] for rule in sorted(rules)]
    found = [each for one in declared if isinstance(one, ByLine) for each in by_line(one, within, dialect)]
    found += [_before_year(one, within, dialect) for one in declared if isinstance(one, BeforeYear)]
    at_year_end = [one for one in declared if isinstance(one, AtYearEnd)]
    # One pass over the classes for all four: a member falls under exactly one of them.
    return [*found, _at_year_end(at_year_end, within, dialect)] if at_year_end else found


def _year_ends(within: Within) -> Subquery:
    """School years and the last day of their last study period, once that day has come."""
    last = func.max(PERIOD.c.ends_on)
    return (
        select(YEAR.c.id, YEAR.c.school_id, last.label("day"))
        .join_from(YEAR, PERIOD, PERIOD.c.academic_year_id == YEAR.c.id)
        .where(*within.years())
        .group_by(YEAR.c.id, YEAR.c.school_id)
        .having(is_open(last))
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
    columns = row(anchor=day, opens_on=day, stays_from=day, **by_outcome, **_of_member(classes, by_outcome["kind"]))
    covers = and_(MEMBER.c.starts_on <= day, or_(MEMBER.c.ends_on.is_(None), MEMBER.c.ends_on >= day))
    source = classes.join(MEMBER, and_(MEMBER.c.class_id == classes.c.id, covers))
    return select(*columns).select_from(source).where(by_outcome["rule"].is_not(None), *within.members())


def _classes_at_year_end(declared: Sequence[AtYearEnd], within: Within, dialect: str | None) -> Subquery:
    """Classes whose last study period is over, with what those owe who move on and those who repeat."""
    year = _year_ends(within)
    source, due = due_of(year, year.c.school_id, year.c.day, [one.rule for one in declared], dialect)
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
    source, due = due_of(YEAR, YEAR.c.school_id, opens, [declared.rule], dialect)
    source = (
        source.join(CLASS, and_(CLASS.c.academic_year_id == YEAR.c.id, CLASS.c.grade == declared.grade))
        .join(MEMBER, and_(MEMBER.c.class_id == CLASS.c.id, MEMBER.c.starts_on <= YEAR.c.starts_on))
        .outerjoin(opened, opened.c.id == MEMBER.c.opened_by_id)
        .outerjoin(closed, closed.c.id == MEMBER.c.closed_by_id)
    )
    columns = row(
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
    return select(*columns).select_from(source).where(is_open(opens), stayed, *within.years(), *within.members())


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
