"""The eight `order-*` rules bound to orders and classes (3.3.3.2, 3.3.4.4).

Whom a rule obliges, from which day its term runs and which order is the evidence follow from the descriptions of the
kinds of orders. No term stands here: due dates come from the regulation.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select

from app.compliance.bindings.movement.mid_year import came_later, other_rules
from app.compliance.bindings.movement.periods import YEAR, YearSetting
from app.compliance.bindings.movement.stays import Begun, Ended
from app.compliance.bindings.movement.tables import CLASS, LINE, MEMBER, OF_LINE, ORDER, rule_of
from app.compliance.bindings.movement.telling import details, told
from app.compliance.bindings.movement.year import AtYearEnd, BeforeYear, left_on
from app.compliance.columns import school_year_of
from app.compliance.duties import Binding, Duty, Ground, Words, declare
from app.compliance.otherwise import InPlace, OtherTerm
from app.compliance.recorded import OtherDay, Recorded
from app.compliance.within import SUBJECTS, Within
from app.models.engine.entries import past_entry
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import YEAR_END, OrderKind, kinds_where
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.models.study import SchoolClass
from app.regulation import load_regulation
from app.regulation.schema import Shape

TRIGGERS = frozenset({"movement_event", "enrolment_decision"})


def _by_line(kind: OrderKind) -> Recorded:
    """Each line of this kind is owed by itself, its term runs from its own trigger."""
    trigger = kind.rules.trigger or ""
    of_event = trigger == LINE.c.event_date.name
    return Recorded(
        rule_of(kind),
        table=LINE,
        trigger=(LINE if trigger in LINE.c else ORDER).c[trigger],
        where=(LINE.c.kind == kind,),
        other_day=OtherDay("event-day", "order_date", ORDER.c.order_date) if of_event else None,
        falls_under=partial(_mid_year, kind) if kind in (FIRST_GRADE, GENERAL) else None,
        reads=("first-grade-mid-year",) if kind in (FIRST_GRADE, GENERAL) else (),
        columns={"about_id": LINE.c.pupil_id, "group_id": OF_CLASS},
        grade=select(CLASS.c.grade).where(CLASS.c.id == OF_CLASS).correlate(LINE).scalar_subquery(),
        other_term=_other_term() if kind is GENERAL else None,
        in_place=_alone(rule_of(kind)),
        by=OF_LINE,
        whole=ORDER,
        part_of=LINE.c.order_id,
        withdrawn_on=ORDER.c.annulled_on,
        continues=LINE.c.continues_id,
        trigger_ids=TRIGGERS,
        shape=Shape.EXPECTED,
    )


def _other_term() -> OtherTerm:
    """Of those who come into grade 10 when the year has begun."""
    grade, other = next(iter(other_rules().items()))
    line = LINE.alias("came_later")
    return OtherTerm(*other, LINE.c.id, select(line.c.id).where(came_later(line, grade)))


def _alone(rule: str) -> InPlace:
    """A line of an order entered in place of another one."""
    of_line, of_order = (LINE, LINE.c.continues_id, LINE.c.event_date), (ORDER, LINE.c.order_id, ORDER.c.annulled_on)
    return InPlace("replaced-order", "alone", rule, *of_line, *of_order)


OF_CLASS = func.coalesce(LINE.c.to_class_id, LINE.c.from_class_id)
FIRST_GRADE, GENERAL = OrderKind.ENROLMENT_1, OrderKind.ENROLMENT


def _mid_year(kind: OrderKind, within: Within) -> list[ColumnElement[bool]]:
    """Lines of a kind; those on the first grade that came when the year had begun may fall under the general rule."""
    if not within.is_read("first-grade-mid-year", "general"):
        return [LINE.c.kind == kind]
    starts = select(YEAR.c.starts_on).where(YEAR.c.id == LINE.c.academic_year_id).scalar_subquery()
    read = within.chosen("first-grade-mid-year", "general", school_year_of(rule_of(kind), LINE.c.event_date))
    general = and_(LINE.c.event_date > starts, read)
    first = LINE.c.kind == FIRST_GRADE
    return [and_(first, ~general)] if kind is FIRST_GRADE else [or_(LINE.c.kind == kind, and_(first, general))]


def _by_hand(kinds: Sequence[OrderKind]) -> list[Duty]:
    """What no order says: beginnings of stays by the grade of the class, and ends."""
    enrolled = {rule_of(kind): kind for kind in kinds if kind.rules.enrols and kind.rules.trigger}
    left = {rule_of(kind): kind for kind in kinds if kind.rules.leaves_as}
    return [Begun(enrolled), Ended(left)]


def _before_year(kind: OrderKind) -> BeforeYear:
    if kind.rules.to_grade is None:
        raise LookupError(f"{kind}: no date of the order and no grade says by when it is owed")
    return BeforeYear(rule_of(kind), kind, kind.rules.to_grade, exempt=OrderKind.REPEAT)


def duties() -> tuple[Duty, ...]:
    """A transfer within a year has no term of its own: only leaving, enrolling, a year's end."""
    owed = kinds_where(lambda rules: rules.leaves_as or rules.enrols)
    of_their_own = [kind for kind in owed if kind not in YEAR_END]
    return (
        AtYearEnd({rule_of(kind): kind for kind in YEAR_END}),
        *(_by_line(kind) if kind.rules.trigger else _before_year(kind) for kind in of_their_own),
        *_by_hand(of_their_own),
    )


def _ground(model: Any) -> Ground:
    table = model.__table__
    return Ground(model, lambda keys: select(table.c.pupil_id).where(table.c.id.in_(keys)), "pupil")


GROUNDS = (
    Ground(MovementOrder, lambda keys: select(LINE.c.pupil_id).where(LINE.c.order_id.in_(keys))),
    Ground(SchoolClass, lambda keys: select(MEMBER.c.pupil_id).where(MEMBER.c.class_id.in_(keys))),
    *map(_ground, (ClassMembership, YearOutcome, MovementLine)),
)


def firsts(school_id: ColumnElement[int]) -> list[ColumnElement[Any]]:
    """The first day of a membership, of an order, of a decision and of each kind of event from which a term runs: what
    was entered late and with an earlier date moves the start back, and never hides itself. A date that stood once
    counts too: correcting it moves no start forward."""
    days = MEMBER.c.starts_on, ORDER.c.order_date, ORDER.c.decision_date
    found = [select(func.min(day)).where(day.table.c.school_id == school_id, day.is_not(None)) for day in days]
    event = LINE.c.event_date
    kinds = [kind for kind in OrderKind if kind.rules.trigger == event.name]
    found += [select(func.min(event)).where(LINE.c.school_id == school_id, LINE.c.kind == kind) for kind in kinds]
    past, kept = past_entry.c, (LINE.name, MEMBER.name)
    found.append(select(func.min(past.trigger_on)).where(past.school_id == school_id, past.subject.in_(kept)))
    return [each.scalar_subquery() for each in found]


def _held_of_orders(held: FromClause) -> ColumnElement[bool]:
    """Of their lines; of their pupils what is owed in the school year of the order, as `tables.years` has it."""
    of_orders = LINE.c.order_id.in_(SUBJECTS)
    own_lines = and_(held.c.detail.is_(None), held.c.subject_id.in_(select(LINE.c.id).where(of_orders)))
    named = held.c.about_id.in_(select(LINE.c.pupil_id).where(of_orders))
    of_years = select(CLASS.c.id).join(LINE, LINE.c.academic_year_id == CLASS.c.academic_year_id).where(of_orders)
    return or_(own_lines, and_(held.c.detail.is_not(None), named, held.c.group_id.in_(of_years)))


BINDING = declare(
    Binding(
        "movement",
        duties(),
        about="pupil",
        evidence="movement_order",
        narrowed_by=("pupil", "movement_order"),
        details=details,
        told=told,
        done_by="order_id",
        ended=left_on,
        firsts=firsts,
        words=Words(
            withdrawn="приказ аннулирован {}",
            withdrawal="Аннулирование",
            ended="выбыл {} до окончания срока",
            exempt={
                1: "повторное обучение: приказ о зачислении не требуется",
                2: "учился в 9 классе этой же школы: по выбранному чтению заново не зачисляется",
            },
        ),
        grounds=GROUNDS,
        settings=(YearSetting(),),
        held_by={"movement_order": _held_of_orders},
    )
)
RULES = tuple(rule for rule in load_regulation().rules if rule in BINDING.rules)
"""As the regulation lists them."""
YEAR_END_RULES = tuple(map(rule_of, YEAR_END))


def rules_of(kind: OrderKind) -> tuple[str, ...]:
    """The rules on which an order of this kind bears. A year-end order may contradict the outcome, so all four; in what
    rule one on the first grade falls, a reading decides."""
    if kind in YEAR_END:
        return YEAR_END_RULES
    own = {rule_of(kind), *([rule_of(GENERAL)] if kind is FIRST_GRADE else [])}
    return tuple(rule for rule in RULES if rule in own)
