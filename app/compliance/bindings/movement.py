"""The eight `order-*` rules bound to the columns of movement, as declarations (3.3.3.2, 3.3.4.4).

A declaration says whom a rule obliges, from which day its term runs and which order is the evidence. It holds no term:
due dates come from the regulation. `facts` turns declarations into selects; `queries` judges many facts in SQL,
`evaluate` one fact in Python with its "why".
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement

from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import YEAR_END, OrderKind, kinds_where
from app.models.movement.outcomes import Outcome

LINE, ORDER = MovementLine.__table__, MovementOrder.__table__
REPEATING = (Outcome.REPEAT, Outcome.REPEAT_9)


@dataclass(frozen=True)
class ByLine:
    """Shape R: each line of this kind is owed by itself, its term runs from its own trigger."""

    rule: str
    kind: OrderKind
    trigger: ColumnElement[date]


@dataclass(frozen=True)
class AtYearEnd:
    """Shape E: each member of a class on the last day of the last study period, by the outcome of the year."""

    rule: str
    kind: OrderKind
    grades: tuple[int, ...]
    repeating: bool
    """Those whom the pedagogical council left in their grade, or all the others."""


@dataclass(frozen=True)
class BeforeYear:
    """Shape E: each pupil who is in a class of this grade when the school year begins."""

    rule: str
    kind: OrderKind
    grade: int
    exempt: OrderKind
    """A membership that an order of this kind opened needs no order of enrolment."""


Obligation = ByLine | AtYearEnd | BeforeYear


def rule_of(kind: OrderKind) -> str:
    """The rule of the regulation on orders of this kind."""
    return f"order-{kind.value.replace('_', '-')}"


def _obligation(kind: OrderKind) -> Obligation:
    """The shape of a rule follows from the description of its kind."""
    rules = kind.rules
    if rules.year_end:
        return AtYearEnd(rule_of(kind), kind, tuple(sorted(rules.from_grades or ())), rules.repeating)
    if rules.trigger is not None:
        return ByLine(rule_of(kind), kind, (LINE if rules.trigger in LINE.c else ORDER).c[rules.trigger])
    if rules.to_grade is None:
        raise LookupError(f"{kind}: no date of the order and no grade says by when it is owed")
    return BeforeYear(rule_of(kind), kind, rules.to_grade, exempt=OrderKind.REPEAT)


def obligations() -> dict[str, Obligation]:
    """The rules on orders. A transfer within a year has no term of its own: only leaving, enrolling, a year's end."""
    owed = kinds_where(lambda rules: rules.year_end or rules.leaves_as or rules.enrols)
    return {rule_of(kind): _obligation(kind) for kind in sorted(owed, key=REGULATION_ORDER.index)}


REGULATION_ORDER = (
    OrderKind.PROMOTION,
    OrderKind.REPEAT,
    OrderKind.GRADUATION,
    OrderKind.REPEAT_9,
    OrderKind.DEPARTURE,
    OrderKind.ENROLMENT,
    OrderKind.ENROLMENT_10,
    OrderKind.ENROLMENT_1,
)
"""As the regulation lists them, and so the tables of every page and form."""
OBLIGATIONS = obligations()
RULES = tuple(OBLIGATIONS)
YEAR_END_RULES = tuple(rule for rule, declared in OBLIGATIONS.items() if isinstance(declared, AtYearEnd))


def rules_of(kind: OrderKind) -> tuple[str, ...]:
    """The rules on which an order of this kind bears. A year-end order may contradict the outcome, so all four."""
    if kind in YEAR_END:
        return YEAR_END_RULES
    return tuple(rule for rule, declared in OBLIGATIONS.items() if declared.kind is kind)
