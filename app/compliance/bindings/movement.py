"""The eight `order-*` rules bound to the columns of movement, as declarations (3.3.3.2, 3.3.4.4).

A declaration says whom a rule obliges, from which day its term runs and which order is the evidence. It holds no term:
due dates come from the regulation. `facts` turns declarations into selects; `queries` judges many facts in SQL,
`evaluate` one fact in Python with its "why".
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement

from app.models.movement import YEAR_END, MovementLine, MovementOrder, OrderKind, Outcome

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

OBLIGATIONS: dict[str, Obligation] = {
    declared.rule: declared
    for declared in (
        AtYearEnd("order-promotion", OrderKind.PROMOTION, (1, 2, 3, 4, 5, 6, 7, 8, 10), repeating=False),
        AtYearEnd("order-repeat", OrderKind.REPEAT, (1, 2, 3, 4, 5, 6, 7, 8, 10, 11), repeating=True),
        AtYearEnd("order-graduation", OrderKind.GRADUATION, (9, 11), repeating=False),
        AtYearEnd("order-repeat-9", OrderKind.REPEAT_9, (9,), repeating=True),
        ByLine("order-departure", OrderKind.DEPARTURE, LINE.c.event_date),
        ByLine("order-enrolment", OrderKind.ENROLMENT, LINE.c.event_date),
        BeforeYear("order-enrolment-10", OrderKind.ENROLMENT_10, 10, exempt=OrderKind.REPEAT),
        ByLine("order-enrolment-1", OrderKind.ENROLMENT_1, ORDER.c.decision_date),
    )
}
RULES = tuple(OBLIGATIONS)
YEAR_END_RULES = tuple(rule for rule, declared in OBLIGATIONS.items() if isinstance(declared, AtYearEnd))


def rules_of(kind: OrderKind) -> tuple[str, ...]:
    """The rules on which an order of this kind bears. A year-end order may contradict the outcome, so all four."""
    if kind in YEAR_END:
        return YEAR_END_RULES
    return tuple(rule for rule, declared in OBLIGATIONS.items() if declared.kind is kind)
