"""What is owed of each member of a class at the end of a school year, and before one begins."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
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

from app.compliance.bindings.movement.evidence import of_member
from app.compliance.bindings.movement.periods import YEAR, ends_of_years, year_end
from app.compliance.bindings.movement.tables import (
    CLASS,
    LINE,
    MEMBER,
    OUTCOME,
    in_force,
    members,
    years,
)
from app.compliance.calendars import Statement
from app.compliance.columns import COLUMNS, days_from, due_of, expression, row, school_year_of, year_day
from app.compliance.duties import Duty
from app.compliance.relations import BEFORE_START, fenced
from app.compliance.within import ON, Within, is_open
from app.models.movement.kinds import OrderKind
from app.models.movement.outcomes import Outcome
from app.models.study import AcademicYear
from app.regulation import load_regulation
from app.regulation.schema import OpeningKind, Shape

REPEATING = (Outcome.REPEAT, Outcome.REPEAT_9)


LEAVING = {"leaving-on-due-day": frozenset({"owes_nothing", "owes"})}


class AtYearEnd(Duty):
    """Each member of a class on the last day of the last study period of its grade, by the outcome of the year.

    One pass over the classes for all four rules: a member falls under exactly one of them. It opens at the latest on
    its due day.
    """

    shape = Shape.EXPECTED
    opens = frozenset({OpeningKind.YEAR_END})
    trigger_ids = frozenset({"school_year"})
    of_card = True
    readings = LEAVING | {"year-end-members": frozenset({"last_day", "due_day"})}

    @property
    def judged(self) -> str:
        return LINE.name

    def __init__(self, kinds: Mapping[str, OrderKind]) -> None:
        self.kinds = kinds

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(self.kinds)

    def anchors(self, rules: Collection[str], within: Within) -> list[Statement]:
        days = [each.where(*years(within)) for each in ends_of_years()]
        anchor = union_all(*(each.distinct() for each in days)).cte()
        return [select(literal(rule).label("rule"), anchor.c.day.label("anchor")) for rule in rules]

    def selects(self, rules: Collection[str], within: Within, dialect: str | None) -> list[Statement]:
        classes = self._classes(sorted(rules), within, dialect)
        repeats = MEMBER.c.id.in_(select(OUTCOME.c.membership_id).where(OUTCOME.c.outcome.in_(REPEATING)))
        by_outcome = {
            name: case((repeats, classes.c[f"repeating_{name}"]), else_=classes.c[f"moving_{name}"]) for name in OWED
        }
        # Mostly one day for both: whether somebody repeats need not be looked up for it.
        alike = classes.c.moving_opens == classes.c.repeating_opens
        opens, due = case((alike, classes.c.moving_opens), else_=by_outcome.pop("opens")), by_outcome["due"]
        came = case((MEMBER.c.starts_on > opens, MEMBER.c.starts_on), else_=opens)
        ways = {"last_day": opens, "due_day": came}
        opens_on = within.as_read("year-end-members", classes.c.start_year, ways)
        covers = {"last_day": _covers(opens), "due_day": and_(MEMBER.c.starts_on <= due, _is_in_class(opens, due))}
        begun = or_(classes.c.moving_opens <= ON, classes.c.repeating_opens <= ON)
        owes = begun, is_open(opens_on), within.as_read("year-end-members", classes.c.start_year, covers)
        source, of_its_member = of_member(
            classes.join(MEMBER, MEMBER.c.class_id == classes.c.id),
            classes,
            by_outcome["detail"],
            [self.kinds[rule] for rule in rules],
            within,
            dialect,
        )
        columns = row(
            anchor=classes.c.day,
            opens_on=opens_on,
            stays_from=opens_on,
            **by_outcome,
            **of_its_member,
        )
        return [select(*columns).select_from(source).where(by_outcome["rule"].is_not(None), *owes, *members(within))]

    def _classes(self, rules: Sequence[str], within: Within, dialect: str | None) -> CTE:
        """Classes with the end of their year, and with what those owe who move on and those who repeat."""
        of_grade = _year_ends(within)
        # Grades mostly end together: their terms are looked up once.
        days = select(*(of_grade.c[name] for name in ("id", "school_id", "start_year", "day"))).distinct().cte()
        source, due = due_of(days, days.c.school_id, days.c.day, rules, dialect)
        columns = [days.c.id.label("academic_year_id"), days.c.school_id, days.c.start_year, days.c.day]
        year = fenced(select(*columns, *(due[rule].label(rule) for rule in rules)).select_from(source)).cte()
        owed = (
            self._by_grade(rules, name, {rule: year.c[rule] for rule in rules}, repeating, year.c.day).label(
                f"{word}_{name}"
            )
            for word, repeating in (("moving", False), ("repeating", True))
            for name in OWED
        )
        ends = and_(of_grade.c.id == year.c.academic_year_id, of_grade.c.day == year.c.day)
        mine = and_(CLASS.c.academic_year_id == of_grade.c.id, CLASS.c.grade == of_grade.c.grade)
        source = year.join(of_grade, ends).join(CLASS, mine)
        names = "academic_year_id", "school_id", "start_year", "day"
        return fenced(select(CLASS.c.id, *(year.c[name] for name in names), *owed).select_from(source)).cte()

    def grades(self, rule: str) -> list[int]:
        return sorted(self.kinds[rule].rules.from_grades or ())

    def _by_grade(
        self, rules: Sequence[str], name: str, due: Mapping[str, Any], repeating: bool, day: ColumnElement[Any]
    ) -> ColumnElement[Any]:
        whens = []
        for rule in rules:
            kind = self.kinds[rule]
            if kind.rules.repeating is repeating:
                values = {"rule": literal(rule), "detail": literal(kind.value), "due": due[rule]}
                values["opens"] = case((_is_due_before(due[rule], day), due[rule]), else_=day)
                whens.append((CLASS.c.grade.in_(self.grades(rule)), values[name]))
        return case(*whens) if whens else cast(null(), COLUMNS.get(name, Date))


OWED = ("rule", "detail", "due", "opens")


def _is_due_before(due: ColumnElement[Any], day: ColumnElement[Any]) -> ColumnElement[bool]:
    """Where a duty is counted at all."""
    return and_(due < day, due != literal(BEFORE_START, Date))


def _covers(day: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(MEMBER.c.starts_on <= day, or_(MEMBER.c.ends_on.is_(None), MEMBER.c.ends_on >= day))


def _is_in_class(opens: ColumnElement[Any], due: ColumnElement[Any]) -> ColumnElement[bool]:
    """Until the due day. The summer ends nothing; whoever was moved to another class meanwhile is counted there, and
    that he left the school is told apart (`left_on`)."""
    moved = select(LINE.c.id).where(LINE.c.kind == OrderKind.TRANSFER)
    stays = or_(MEMBER.c.closed_by_id.is_(None), MEMBER.c.closed_by_id.not_in(moved))
    return or_(MEMBER.c.ends_on.is_(None), MEMBER.c.ends_on >= due, and_(MEMBER.c.ends_on >= opens, stays))


def _year_ends(within: Within) -> CTE:
    """School years that have begun, by the grades of their classes, with the last day of study of each."""
    grades = select(CLASS.c.academic_year_id, CLASS.c.grade).distinct().where(*within.of_schools(CLASS)).subquery()
    source = YEAR.join(grades, grades.c.academic_year_id == YEAR.c.id)
    day = year_end(YEAR, grades.c.grade)
    ends = select(YEAR.c.id, YEAR.c.school_id, YEAR.c.start_year, grades.c.grade, day.label("day"))
    return fenced(ends.select_from(source).where(YEAR.c.starts_on <= ON, *years(within))).cte()


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
    readings = LEAVING | {"new-tenth": frozenset({"each_stay", "from_outside"})}

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
        opens, kind = self._opens(), literal(self.kind.value)
        opened, closed = LINE.alias("opened"), LINE.alias("closed")
        source = (
            YEAR.join(CLASS, and_(CLASS.c.academic_year_id == YEAR.c.id, CLASS.c.grade == self.grade))
            .join(MEMBER, and_(MEMBER.c.class_id == CLASS.c.id, MEMBER.c.starts_on <= YEAR.c.starts_on))
            .outerjoin(opened, opened.c.id == MEMBER.c.opened_by_id)
            .outerjoin(closed, closed.c.id == MEMBER.c.closed_by_id)
        )
        began = expression(MEMBER.c.starts_on)
        source, due = due_of(source, YEAR.c.school_id, opens, [self.rule], dialect, began)
        source, of_its_member = of_member(source, CLASS, kind, [self.kind], within, dialect)
        columns = row(
            rule=literal(self.rule),
            detail=kind,
            anchor=opens,
            opens_on=opens,
            due=due[self.rule],
            stays_from=MEMBER.c.starts_on,
            exempt=case((opened.c.kind == self.exempt, 1), *self._from_here(opens, within)),
            **of_its_member,
        )
        # Whoever was moved to another class before the year began is counted there.
        until = func.coalesce(MEMBER.c.ends_on, YEAR.c.starts_on)
        stayed = or_(closed.c.id.is_(None), closed.c.kind != OrderKind.TRANSFER, until >= YEAR.c.starts_on)
        owed = is_open(opens), stayed, ~MEMBER.c.is_initial
        return [select(*columns).select_from(source).where(*owed, *years(within), *members(within))]

    def _from_here(self, opens: ColumnElement[date], within: Within) -> list[Any]:
        """Whoever was in the grade below here in the year before, where it is read that he is not enrolled anew."""
        if not within.is_read("new-tenth", "from_outside"):
            return []
        here, own, before, below = MEMBER.alias(), CLASS.alias(), MEMBER.alias(), CLASS.alias()
        year, year_before = AcademicYear.__table__.alias(), AcademicYear.__table__.alias()
        found = (
            select(here.c.id)
            .join_from(here, own, and_(own.c.id == here.c.class_id, own.c.grade == self.grade))
            .join(year, year.c.id == own.c.academic_year_id)
            .join(before, before.c.pupil_id == here.c.pupil_id)
            .join(below, and_(below.c.id == before.c.class_id, below.c.grade == self.grade - 1))
            .join(year_before, year_before.c.id == below.c.academic_year_id)
            .where(year_before.c.start_year == year.c.start_year - 1)
        )
        spared = within.chosen("new-tenth", "from_outside", school_year_of(self.rule, opens))
        return [(and_(spared, MEMBER.c.id.in_(found)), 2)]

    def _opens(self) -> ColumnElement[date]:
        """The regulation's day, in the calendar year in which the school year begins."""
        day = load_regulation().rules[self.rule].opens.day
        if day is None:
            raise LookupError(f"Правило «{self.rule}» не называет дня открытия.")
        return year_day(YEAR.c.start_year, day.month, day.day)


def left_on(fact: FromClause, within: Within, dialect: str | None) -> ColumnElement[date]:
    """The day of a departure on or after the day from which the duty needs the pupil to stay, but of one after which he
    was back so soon that the duty goes on, or that is read as too late."""
    gone, conditions = LINE.alias("gone"), []
    if within.is_read("leaving-on-due-day", "owes"):
        # The rules with this reading have one beginning of the school year.
        year = school_year_of(next(iter(load_regulation().rules)), fact.c.anchor)
        conditions = [or_(gone.c.event_date < fact.c.due, ~within.chosen("leaving-on-due-day", "owes", year))]
    back = MEMBER.alias("back")
    departed = select(func.min(gone.c.event_date)).where(
        gone.c.pupil_id == fact.c.about_id,
        gone.c.kind == OrderKind.DEPARTURE,
        gone.c.event_date >= fact.c.stays_from,
        *in_force(gone, expression(gone.c.entered_on)),
        back.c.id.is_(None),
        *conditions,
    )
    return departed.select_from(gone.outerjoin(back, _is_back(back, gone, fact))).scalar_subquery()


def _is_back(back: FromClause, gone: FromClause, fact: FromClause) -> ColumnElement[bool]:
    """Within the days after the due day that the rule names, in whatever class."""
    by_days: dict[int, list[str]] = defaultdict(list)
    for rule in load_regulation().rules.values():
        if rule.back_within is not None:
            by_days[rule.back_within].append(rule.id)
    soon = (
        and_(fact.c.rule.in_(rules), days_from(back.c.starts_on, fact.c.due) <= days) for days, rules in by_days.items()
    )
    came_again = or_(back.c.closed_by_id.is_(None), back.c.closed_by_id != gone.c.id)
    return and_(back.c.pupil_id == gone.c.pupil_id, back.c.starts_on >= gone.c.event_date, came_again, or_(*soon))
