"""The eight `order-*` rules bound to orders and classes (3.3.3.2, 3.3.4.4).

Whom a rule obliges, from which day its term runs and which order is the evidence follow from the descriptions of the
kinds of orders. No term stands here: due dates come from the regulation.
"""

from sqlalchemy import func

from app.compliance.bindings.movement.tables import LINE, OF_LINE, ORDER
from app.compliance.bindings.movement.telling import details, told
from app.compliance.bindings.movement.year import AtYearEnd, BeforeYear, left_on
from app.compliance.duties import Binding, Duty, Words, declare
from app.compliance.recorded import Recorded
from app.models.movement.kinds import YEAR_END, OrderKind, kinds_where
from app.regulation import load_regulation


def rule_of(kind: OrderKind) -> str:
    """The rule of the regulation on orders of this kind."""
    return f"order-{kind.value.replace('_', '-')}"


def _by_line(kind: OrderKind) -> Recorded:
    """Each line of this kind is owed by itself, its term runs from its own trigger."""
    trigger = kind.rules.trigger or ""
    return Recorded(
        rule_of(kind),
        table=LINE,
        trigger=(LINE if trigger in LINE.c else ORDER).c[trigger],
        where=(LINE.c.kind == kind,),
        columns={
            "about_id": LINE.c.pupil_id,
            "group_id": func.coalesce(LINE.c.to_class_id, LINE.c.from_class_id),
        },
        by=OF_LINE,
        whole=ORDER,
        part_of=LINE.c.order_id,
        withdrawn_on=ORDER.c.annulled_on,
        trigger_id="enrolment_decision" if kind.rules.needs_decision else "movement_event",
    )


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
    )


BINDING = declare(
    Binding(
        "movement",
        duties(),
        about="pupil",
        evidence="movement_order",
        narrowed_by=("pupil", "movement_order"),
        details=details,
        told=told,
        ended=left_on,
        words=Words(
            withdrawn="приказ аннулирован {}",
            withdrawal="Аннулирование",
            ended="выбыл {} до окончания срока",
            exempt={1: "повторное обучение: приказ о зачислении не требуется"},
        ),
    )
)
RULES = tuple(rule for rule in load_regulation().rules if rule in BINDING.rules)
"""As the regulation lists them."""
YEAR_END_RULES = tuple(map(rule_of, YEAR_END))


def rules_of(kind: OrderKind) -> tuple[str, ...]:
    """The rules on which an order of this kind bears. A year-end order may contradict the outcome, so all four."""
    if kind in YEAR_END:
        return YEAR_END_RULES
    return tuple(rule for rule in RULES if rule == rule_of(kind))
