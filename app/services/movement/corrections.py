"""What a correction of a line of an order may be, and how the line is told (deadlines.md, Entries 4)."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance.bindings.movement import RULES, rule_of
from app.compliance.duties import subject_of
from app.models.monitoring.corrections import CorrectionKind
from app.models.movement import MovementLine, MovementOrder
from app.russian import format_date
from app.services.monitoring.corrections import Subject, subject

MOST_OTHERS = 200


class Line(Subject[MovementLine]):
    """A line of an order that is owed by itself: the term runs from its own date."""

    model = MovementLine

    def told(self, session: Session, record: MovementLine) -> str:
        order = record.order
        return (
            f"{record.kind.title_ru} {format_date(record.event_date)}, {record.pupil},"
            f" приказ № {order.number} от {format_date(order.order_date)}"
        )

    def rule(self, record: MovementLine) -> str | None:
        rule = rule_of(record.kind)
        return rule if rule in RULES and subject_of(rule) == record.__tablename__ else None

    def card(self, record: MovementLine) -> MovementOrder:
        return record.order

    def kinds(self, session: Session, record: MovementLine) -> Iterator[CorrectionKind]:
        if self.rule(record) is None:
            return
        yield CorrectionKind.DATE
        yield CorrectionKind.NO_EVENT
        for kind in (CorrectionKind.TWICE, CorrectionKind.REPLACED, CorrectionKind.PERSON):
            if self.others(session, record, kind):
                yield kind
        if record.order.annulled_on is not None:
            yield CorrectionKind.WITHDRAWN
        yield CorrectionKind.KNOWN_LATER
        yield CorrectionKind.MOVED

    def others(self, session: Session, record: MovementLine, kind: CorrectionKind) -> Sequence[MovementLine]:
        """Lines of orders of the same kind in the school, the latest first: of the same pupil, or of others."""
        same = MovementLine.pupil_id == record.pupil_id
        statement = (
            select(MovementLine)
            .join(MovementLine.order)
            .where(
                MovementLine.school_id == record.school_id,
                MovementLine.kind == record.kind,
                MovementLine.id != record.id,
                ~same if kind is CorrectionKind.PERSON else same,
                MovementOrder.annulled_on.is_(None),
            )
            .order_by(MovementLine.id.desc())
        )
        return session.scalars(statement.limit(MOST_OTHERS)).all()


subject(Line())
