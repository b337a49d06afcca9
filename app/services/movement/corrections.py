"""What a correction of a line of an order may be, and how the line is told (deadlines.md, Entries 4)."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.compliance.bindings.movement import RULES
from app.compliance.bindings.movement.tables import rule_of
from app.compliance.duties import duty_of, judged_of, subject_of
from app.models.monitoring.corrections import CorrectionKind
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.russian import format_date
from app.services.monitoring.corrections import Subject, subject
from app.services.monitoring.holding import of_act
from app.services.movement.taking_back import take_back

MOST_OTHERS = 200
OF_ANOTHER = (CorrectionKind.REPLACED, CorrectionKind.PERSON)
"""The other line takes over the first entry: it was entered later."""


class Line(Subject[MovementLine]):
    """A line of an order: one that is owed by itself, its term runs from its own date; or the evidence of what is owed
    by a day of the calendar, where no date of the line says anything."""

    model = MovementLine

    def told(self, session: Session, record: MovementLine) -> str:
        order = record.order
        return (
            f"{record.kind.title_ru} {format_date(record.event_date)}, {record.pupil},"
            f" приказ № {order.number} от {format_date(order.order_date)}"
        )

    def rule(self, record: MovementLine) -> str | None:
        rule = rule_of(record.kind)
        return rule if rule in RULES and judged_of(rule) == record.__tablename__ else None

    def rules(self, record: MovementLine) -> Sequence[str]:
        rule = self.rule(record)
        return duty_of(rule).rules if rule else []

    def card(self, record: MovementLine) -> MovementOrder:
        return record.order

    def duty_id(self, record: MovementLine) -> int:
        return record.continues_id or record.id

    def leaves(self, session: Session, record: MovementLine) -> None:
        """The others of the order stand as they did."""
        if record.order.annulled_on is None:
            take_back(session, record.order, [record.pupil])

    def kinds(self, session: Session, record: MovementLine) -> Iterator[CorrectionKind]:
        rule = self.rule(record)
        if rule is None:
            return
        by_itself = bool(subject_of(rule))
        if of_act(session, record.order):
            yield CorrectionKind.CONDITIONS
        if record.continues_id is not None:
            return  # its duty is that of the line in whose place it came
        if _is_continued(session, record):
            yield CorrectionKind.REPLACED
            return
        if by_itself:
            yield CorrectionKind.DATE
            yield CorrectionKind.NO_EVENT
        for kind in (CorrectionKind.TWICE, *OF_ANOTHER) if by_itself else OF_ANOTHER:
            if self.others(session, record, kind):
                yield kind
        if record.order.annulled_on is not None:
            yield CorrectionKind.WITHDRAWN
        if by_itself:
            yield CorrectionKind.KNOWN_LATER
            yield CorrectionKind.MOVED

    def asked_of(self, session: Session, record: MovementLine, kind: CorrectionKind) -> Any:
        """Of what the order would better while it waits: one that came late and says another day than the class."""
        return of_act(session, record.order)[0] if kind is CorrectionKind.CONDITIONS else record

    def others(self, session: Session, record: MovementLine, kind: CorrectionKind) -> Sequence[MovementLine]:
        """Lines of orders for the same duty in the school, the latest first: of the same pupil, or of others."""
        same, duty = MovementLine.pupil_id == record.pupil_id, duty_of(rule_of(record.kind))
        of_year = [] if duty.subject else [MovementLine.academic_year_id == record.academic_year_id]
        statement = (
            select(MovementLine)
            .join(MovementLine.order)
            .where(
                MovementLine.school_id == record.school_id,
                MovementLine.kind.in_([each for each in OrderKind if rule_of(each) in duty.rules]),
                *of_year,
                MovementLine.id > record.id if kind in OF_ANOTHER else MovementLine.id != record.id,
                ~same if kind is CorrectionKind.PERSON else same,
                MovementOrder.annulled_on.is_(None),
                or_(MovementLine.continues_id.is_(None), MovementLine.continues_id == record.id),
            )
            .order_by(MovementLine.id.desc())
        )
        return session.scalars(statement.limit(MOST_OTHERS)).all()


def _is_continued(session: Session, line: MovementLine) -> bool:
    """Whether an order in force is entered in place of its own."""
    later = select(MovementLine.id).join(MovementLine.order).where(MovementLine.continues_id == line.id)
    return session.scalar(later.where(MovementOrder.annulled_on.is_(None)).limit(1)) is not None


subject(Line())
