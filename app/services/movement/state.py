"""What an order does to the class history of a pupil, and what state follows from a history. Pure: no query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.models.movement import ClassMembership, MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.movement.outcomes import YearOutcome
from app.models.people import Pupil, PupilStatus
from app.models.study import SchoolClass

DAY = timedelta(days=1)


@dataclass(frozen=True)
class PupilState:
    """Class and status on a day."""

    status: PupilStatus
    school_class: SchoolClass | None = None
    since: date | None = None
    membership: ClassMembership | None = None

    @classmethod
    def on(cls, memberships: Sequence[ClassMembership], day: date) -> "PupilState":
        """The state at the end of a day. A pupil belongs to the class on the day of leaving too."""
        begun = [row for row in memberships if row.starts_on <= day]
        if not begun:
            return cls(PupilStatus.NEW)
        last = max(begun, key=lambda row: row.starts_on)
        if last.ends_on is None or day < last.ends_on or (day == last.ends_on and not _left(last)):
            return cls(PupilStatus.ENROLLED, last.school_class, last.starts_on, last)
        if _left(last):
            return cls(last.closed_by.kind.rules.leaves_as, None, last.ends_on)
        return cls(PupilStatus.NEW, None, last.ends_on)

    @classmethod
    def latest(cls, memberships: Sequence[ClassMembership]) -> "PupilState":
        """The state to which all that is entered leads."""
        return cls.on(memberships, date.max)


def _left(row: ClassMembership) -> bool:
    return row.closed_by is not None and row.closed_by.kind.rules.leaves_as is not None


def apply(line: MovementLine, memberships: Sequence[ClassMembership]) -> list[ClassMembership]:
    """Close what the line ends; the memberships it opens are returned."""
    current = next((row for row in memberships if row.ends_on is None), None)
    if line.kind is OrderKind.DEPARTURE:
        current = PupilState.on(memberships, line.event_date).membership
    if line.kind.is_enrolment:
        return [_open(line, line.event_date)]
    if line.kind.rules.leaves_as is not None:
        current.ends_on, current.closed_by = line.event_date, line
        return []
    if line.to_class is None:
        return []
    begins = _year_end_switch(line) if line.kind.rules.year_end else line.event_date
    current.ends_on, current.closed_by = begins - DAY, line
    return [_open(line, begins)]


def outlived(line: MovementLine, memberships: Sequence[ClassMembership]) -> list[ClassMembership]:
    """Classes into which a pupil was moved after the day on which, as a late order says, he had left."""
    if line.kind is not OrderKind.DEPARTURE:
        return []
    return [row for row in memberships if row.starts_on > line.event_date]


def _year_end_switch(line: MovementLine) -> date:
    """An order of May moves the pupil when the new year begins, not in May."""
    return max(line.event_date, line.to_class.academic_year.starts_on)


def _open(line: MovementLine, begins: date) -> ClassMembership:
    opened = ClassMembership(
        school_id=line.school_id,
        pupil=line.pupil,
        pupil_id=line.pupil_id,
        school_class=line.to_class,
        class_id=line.to_class_id,
        starts_on=begins,
        opened_by=line,
        opened_by_id=line.id,
    )
    YearOutcome.begin(opened)
    return opened


def undo(memberships: Sequence[ClassMembership], order: MovementOrder) -> list[ClassMembership]:
    """The history without the memberships that this order opened."""
    return [row for row in memberships if row.opened_by is None or row.opened_by.order_id != order.id]


def settle(pupil: Pupil, memberships: Sequence[ClassMembership]) -> None:
    """Write the latest state to the pupil's card."""
    state = PupilState.latest(memberships)
    pupil.status, pupil.status_since = state.status, state.since
    pupil.class_id = state.school_class.id if state.school_class else None
