"""What is owed of each member of a class at the end of a school year, and before one begins."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Subquery, and_, case, cast, func, literal, null, or_, select

from app.compliance.bindings.movement.periods import PERIOD, YEAR
from app.compliance.bindings.movement.tables import (
    CLASS,
    LINE,
    MEMBER,
    OUTCOME,
    counting,
    in_force,
    members,
    set_right_pupils,
    years,
)
from app.compliance.calendars import Statement
from app.compliance.columns import COLUMNS, due_of, expression, row, year_day
from app.compliance.duties import Duty
from app.compliance.relations import fenced
from app.compliance.within import Within, is_open
from app.models.movement.kinds import OrderKind
from app.models.movement.outcomes import Outcome
from app.regulation import load_regulation
from app.regulation.schema import OpeningKind, Shape

REPEATING = (Outcome.REPEAT, Outcome.REPEAT_9)


class AtYearEnd(Duty):
    """Each member of a class on the last day of the last study period, by the outcome of the year.

    One pass over the classes for all four rules: a member falls under exactly one of them.
    """

    shape = Shape.EXPECTED
    opens = frozenset({OpeningKind.YEAR_END})
    trigger_ids = frozenset({"school_year"})
    of_card = True

    @property
    def judged(self) -> str:
        return LINE.name

    def __init__(self, kinds: Mapping[str, OrderKind]) -> None:
        self.kinds = kinds

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(self.kinds)

    def anchors(self, rules: Collection[str], within: Within) -> list[Statement]:
        return [
            select(literal(rule).label("rule"), _year_ends(within).c.day.label("anchor")).distinct() for rule in rules
        ]

    def selects(self, rules: Collection[str], within: Within, dialect: str | None) -> list[Statement]:
        classes = self._classes(sorted(rules), within, dialect)
        repeats = MEMBER.c.id.in_(select(OUTCOME.c.membership_id).where(OUTCOME.c.outcome.in_(REPEATING)))
        by_outcome = {
            name: case((repeats, classes.c[f"repeating_{name}"]), else_=classes.c[f"moving_{name}"])
            for name in ("rule", "detail", "due")
        }
        day = classes.c.day
        columns = row(
            anchor=day, opens_on=day, stays_from=day, **by_outcome, **_of_member(classes, by_outcome["detail"])
        )
        covers = and_(MEMBER.c.starts_on <= day, or_(MEMBER.c.ends_on.is_(None), MEMBER.c.ends_on >= day))
        source = classes.join(MEMBER, and_(MEMBER.c.class_id == classes.c.id, covers))
        return [select(*columns).select_from(source).where(by_outcome["rule"].is_not(None), *members(within))]

    def _classes(self, rules: Sequence[str], within: Within, dialect: str | None) -> Subquery:
        """Classes whose last study period is over, with what those owe who move on and those who repeat."""
        year = _year_ends(within)
        source, due = due_of(year, year.c.school_id, year.c.day, rules, dialect)
        owed = (
            self._by_grade(rules, name, due, repeating).label(f"{word}_{name}")
            for word, repeating in (("moving", False), ("repeating", True))
            for name in ("rule", "detail", "due")
        )
        source = source.join(CLASS, CLASS.c.academic_year_id == year.c.id)
        columns = (CLASS.c.id, CLASS.c.academic_year_id, year.c.school_id, year.c.day)
        return fenced(select(*columns, *owed).select_from(source)).subquery("class_end")

    def grades(self, rule: str) -> list[int]:
        return sorted(self.kinds[rule].rules.from_grades or ())

    def _by_grade(self, rules: Sequence[str], name: str, due: Mapping[str, Any], repeating: bool) -> ColumnElement[Any]:
        whens = []
        for rule in rules:
            kind = self.kinds[rule]
            if kind.rules.repeating is repeating:
                values = {"rule": literal(rule), "detail": literal(kind.value), "due": due[rule]}
                whens.append((CLASS.c.grade.in_(self.grades(rule)), values[name]))
        return case(*whens) if whens else cast(null(), COLUMNS[name])


def _year_ends(within: Within) -> Subquery:
    """School years and the last day of their last study period, once that day has come."""
    last = func.max(PERIOD.c.ends_on)
    return (
        select(YEAR.c.id, YEAR.c.school_id, last.label("day"))
        .join_from(YEAR, PERIOD, PERIOD.c.academic_year_id == YEAR.c.id)
        .where(*years(within))
        .group_by(YEAR.c.id, YEAR.c.school_id)
        .having(is_open(last))
        .subquery("year_end")
    )


@dataclass(frozen=True)
class BeforeYear(Duty):
    """Each pupil who is in a class of this grade when the school year begins."""

    rule: str
    kind: OrderKind
    grade: int
    exempt: OrderKind
    """A membership that an order of this kind opened needs no order of enrolment."""

    shape = Shape.EXPECTED
    opens = frozenset({OpeningKind.DAY})
    trigger_ids = frozenset({"school_year"})
    of_card = True

    @property
    def judged(self) -> str:
        return LINE.name

    @property
    def rules(self) -> tuple[str, ...]:
        return (self.rule,)

    def anchors(self, rules: Collection[str], within: Within) -> list[Statement]:
        rule, opens = literal(self.rule).label("rule"), self._opens()
        return [select(rule, opens.label("anchor")).where(is_open(opens), *years(within)).distinct()]

    def selects(self, rules: Collection[str], within: Within, dialect: str | None) -> list[Statement]:
        opens = self._opens()
        opened, closed = LINE.alias("opened"), LINE.alias("closed")
        source = (
            YEAR.join(CLASS, and_(CLASS.c.academic_year_id == YEAR.c.id, CLASS.c.grade == self.grade))
            .join(MEMBER, and_(MEMBER.c.class_id == CLASS.c.id, MEMBER.c.starts_on <= YEAR.c.starts_on))
            .outerjoin(opened, opened.c.id == MEMBER.c.opened_by_id)
            .outerjoin(closed, closed.c.id == MEMBER.c.closed_by_id)
        )
        began = expression(MEMBER.c.starts_on)
        source, due = due_of(source, YEAR.c.school_id, opens, [self.rule], dialect, began)
        columns = row(
            rule=literal(self.rule),
            detail=literal(self.kind.value),
            anchor=opens,
            opens_on=opens,
            due=due[self.rule],
            stays_from=MEMBER.c.starts_on,
            exempt=case((opened.c.kind == self.exempt, 1)),
            **_of_member(CLASS, literal(self.kind.value)),
        )
        # Whoever was moved to another class before the year began is counted there.
        until = func.coalesce(MEMBER.c.ends_on, YEAR.c.starts_on)
        stayed = or_(closed.c.id.is_(None), closed.c.kind != OrderKind.TRANSFER, until >= YEAR.c.starts_on)
        owed = is_open(opens), stayed, ~MEMBER.c.is_initial
        return [select(*columns).select_from(source).where(*owed, *years(within), *members(within))]

    def _opens(self) -> ColumnElement[date]:
        """The regulation's day, in the calendar year in which the school year begins."""
        day = load_regulation().rules[self.rule].opens.day
        if day is None:
            raise LookupError(f"Правило «{self.rule}» не называет дня открытия.")
        return year_day(YEAR.c.start_year, day.month, day.day)


def _of_member(classes: FromClause, kind: ColumnElement[Any]) -> dict[str, ColumnElement[Any]]:
    """Whose duty it is, and the first entry of an order of that kind on the pupil in that year."""
    named = (
        LINE.c.pupil_id == MEMBER.c.pupil_id,
        LINE.c.kind == kind,
        LINE.c.academic_year_id == classes.c.academic_year_id,
    )
    entered = select(func.min(LINE.c.entered_on)).where(*named, *in_force(LINE))
    source, day, counted = counting(LINE)
    corrected = select(func.min(day)).select_from(source).where(*named, *counted)
    evidence = case(
        (
            MEMBER.c.pupil_id.in_(set_right_pupils()),
            corrected.correlate(MEMBER, classes).scalar_subquery(),
        ),
        else_=entered.correlate(MEMBER, classes).scalar_subquery(),
    )
    return {
        "school_id": classes.c.school_id,
        "about_id": MEMBER.c.pupil_id,
        "group_id": MEMBER.c.class_id,
        "subject_id": MEMBER.c.id,
        "evidence": evidence,
    }


def left_on(fact: FromClause) -> ColumnElement[date]:
    """The day of a departure on or after the day from which the duty needs the pupil to stay."""
    gone = LINE.alias("gone")
    departed = select(func.min(gone.c.event_date)).where(
        gone.c.pupil_id == fact.c.about_id,
        gone.c.kind == OrderKind.DEPARTURE,
        gone.c.event_date >= fact.c.stays_from,
        *in_force(gone, expression(gone.c.entered_on)),
    )
    return departed.scalar_subquery()
