"""The tables of movement, and what its selects have in common."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, or_, select

from app.compliance.bindings.movement.periods import YEAR
from app.compliance.corrected import is_set, judged_by, set_right
from app.compliance.within import ON, SUBJECTS, Within, asked_of
from app.models.engine.entries import CorrectedTo
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.models.people import Pupil
from app.models.study import SchoolClass

LINE, ORDER = MovementLine.__table__, MovementOrder.__table__
MEMBER, CLASS, OUTCOME = ClassMembership.__table__, SchoolClass.__table__, YearOutcome.__table__
PUPIL = Pupil.__table__

OF_LINE: dict[str, ColumnElement[Any]] = {"pupil": LINE.c.pupil_id, "movement_order": LINE.c.order_id}


def rule_of(kind: OrderKind) -> str:
    """The rule of the regulation on orders of this kind."""
    return f"order-{kind.value.replace('_', '-')}"


def in_force(line: FromClause, entered_on: ColumnElement[Any] | None = None) -> tuple[ColumnElement[bool], ...]:
    """The line was entered by the day and its order not annulled by then: from the annulment on it is no evidence."""
    annulled = select(ORDER.c.id).where(ORDER.c.annulled_on <= ON)
    entered_on = line.c.entered_on if entered_on is None else entered_on
    return entered_on <= ON, line.c.order_id.not_in(annulled)


def set_right_pupils() -> Select[tuple[int]]:
    """Those of whom a correction has set a line right: few, and only of them the corrections are looked up."""
    return select(LINE.c.pupil_id).where(LINE.c.id.in_(set_right(LINE.name)))


def counting(line: FromClause) -> tuple[FromClause, ColumnElement[Any], tuple[ColumnElement[bool], ...]]:
    """Lines as corrections known on the day have them: the source, the day of their entry, and which of them count."""
    right = judged_by(LINE.name)
    source = line.outerjoin(right, right.c.subject_id == line.c.id)
    day = func.coalesce(right.c.entered_on, line.c.entered_on)
    annulled = select(ORDER.c.id).where(ORDER.c.annulled_on <= ON)
    stands = or_(line.c.order_id.not_in(annulled), is_set(LINE.name, line.c.id, CorrectedTo.STANDING))
    return source, day, (day <= ON, stands, ~is_set(LINE.name, line.c.id, CorrectedTo.FREED))


def members(within: Within) -> list[ColumnElement[bool]]:
    """Memberships of the pupils asked about."""
    return pupils(within, MEMBER)


def pupils(within: Within, table: FromClause) -> list[ColumnElement[bool]]:
    """Rows on the pupils asked about, or on those whom the orders asked about name."""
    if within.about == "movement_order":
        named = LINE.alias()
        return [table.c.pupil_id.in_(select(named.c.pupil_id).where(named.c.order_id.in_(SUBJECTS)))]
    return within.among({"pupil": table.c.pupil_id})


def years(within: Within) -> list[ColumnElement[bool]]:
    """School years in which the pupils asked about may owe; those of the orders asked about."""
    found = within.of_schools(YEAR)
    if within.about == "pupil":
        found.append(YEAR.c.school_id.in_(asked_of(PUPIL, PUPIL.c.school_id)))
    if within.about == "movement_order":
        found.append(YEAR.c.id.in_(asked_of(ORDER, ORDER.c.academic_year_id)))
    return found
