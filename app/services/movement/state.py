"""What an order does to the class history of a pupil, and what state follows from a history. Pure: no query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.models.movement import MovementLine, MovementOrder
from app.models.movement.keeping import Span, standing
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.models.people import PupilStatus
from app.models.study import SchoolClass
from app.services.movement.place import Place, Rows, place_of, switch

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
        """The state at the end of a day."""
        spans = {Span.of(row, row.closed_by.kind if row.closed_by else None): row for row in memberships}
        found = standing(list(spans), day)
        if found.status is not PupilStatus.ENROLLED:
            return cls(found.status, None, found.since)
        row = next(row for span, row in spans.items() if span.starts_on == found.since)
        return cls(found.status, row.school_class, found.since, row)

    @classmethod
    def latest(cls, memberships: Sequence[ClassMembership]) -> "PupilState":
        """The state to which all that is entered leads."""
        return cls.on(memberships, date.max)


def apply(line: MovementLine, memberships: Sequence[ClassMembership]) -> list[ClassMembership]:
    """Close what the line ends; the memberships it opens are returned. What stands already is attached to the line."""
    place = place_of(line.kind, line.event_date, line.to_class, memberships, line.academic_year_id)
    line.attached, line.stands_on = place.stands, place.stands_on
    if place.stands:
        _attach(line, place)
        return []
    if line.kind.is_enrolment:
        return [_open(line, line.event_date)]
    if line.kind.rules.leaves_as is not None:
        # Who leaves before his first day is in the class on no day: nobody is in it on the day of leaving.
        place.left.starts_on = min(place.left.starts_on, line.event_date)
        place.left.ends_on, place.left.closed_by = line.event_date, line
        return []
    if line.to_class is None:
        return []
    return [_instead(line, place.left) if place.ahead else _move(line, place.left)]


def _instead(line: MovementLine, left: ClassMembership) -> ClassMembership:
    """Another class from the first day on; `outlived` tells what it stands in place of."""
    opened = _open(line, left.starts_on)
    opened.ends_on, opened.closed_by = left.ends_on, left.closed_by
    return opened


def _attach(line: MovementLine, place: Place) -> None:
    """The order becomes the ground of what stands and has none."""
    if place.left is not None and place.left.closed_by is None:
        place.left.closed_by = line
    if place.entered is not None and place.entered.opened_by is None:
        place.entered.opened_by = line


def _move(line: MovementLine, left: ClassMembership) -> ClassMembership:
    """From one class to another. Entered late, it lies before what ended the class that is left: that ends the new one
    now. Where somebody ended it before by hand, that end stays."""
    begins = switch(line.kind, line.event_date, line.to_class)
    opened = _open(line, begins)
    if left.ends_on is None or left.ends_on >= begins:
        opened.ends_on, opened.closed_by = left.ends_on, left.closed_by
        left.ends_on, left.closed_by = begins - DAY, line
    return opened


def outlived(line: MovementLine, memberships: Sequence[ClassMembership]) -> list[ClassMembership]:
    """Classes into which a pupil was moved after the day on which, as a late order says, he had left."""
    if line.kind is not OrderKind.DEPARTURE or line.attached:
        return []
    return [row for row in memberships if row.starts_on > line.event_date]


def replaced(line: MovementLine, memberships: Sequence[ClassMembership], opened: Sequence[ClassMembership]) -> Rows:
    """The class in place of which a transfer before the first day of the year opened another."""
    begun = {row.starts_on for row in opened if row.starts_on > line.event_date and line.kind is OrderKind.TRANSFER}
    return [row for row in memberships if row.starts_on in begun and row not in opened]


def put_back(line: MovementLine, gone: ClassMembership, opener: MovementLine | None) -> ClassMembership:
    """The class that `replaced` took: `opener` had brought the pupil to it, or nobody's order."""
    row = _open(line, gone.starts_on, line.from_class)
    row.opened_by, row.opened_by_id = opener, opener.id if opener is not None else None
    row.ends_on, row.closed_by = gone.ends_on, gone.closed_by
    return row


def _open(line: MovementLine, begins: date, school_class: SchoolClass | None = None) -> ClassMembership:
    school_class = school_class or line.to_class
    opened = ClassMembership(
        school_id=line.school_id,
        pupil=line.pupil,
        pupil_id=line.pupil_id,
        school_class=school_class,
        class_id=school_class.id,
        starts_on=begins,
        opened_by=line,
        opened_by_id=line.id,
    )
    YearOutcome.begin(opened)
    return opened


def undo(memberships: Sequence[ClassMembership], order: MovementOrder) -> list[ClassMembership]:
    """The history without the memberships that this order opened; those that it found standing are nobody's again."""
    gone = []
    for row in memberships:
        if row.opened_by is not None and row.opened_by.order_id == order.id:
            if row.opened_by.attached:
                row.opened_by = None
            else:
                gone.append(row)
        if row.closed_by is not None and row.closed_by.order_id == order.id and row.closed_by.attached:
            row.closed_by = None
    return [row for row in memberships if row not in gone]


def reopen(row: ClassMembership, order: MovementOrder, gone: Sequence[ClassMembership]) -> None:
    """What this order had closed ends as the membership that it had opened in its place ended, or not at all."""
    if row.closed_by is None or row.closed_by.order_id != order.id:
        return
    row.starts_on = _first_day(row, row.closed_by)
    heir = next((each for each in gone if each.starts_on > row.starts_on), None)
    row.ends_on, row.closed_by = (heir.ends_on, heir.closed_by) if heir is not None else (None, None)


def _first_day(row: ClassMembership, closed: MovementLine) -> date:
    """The day on which a membership begins again that was left before its first day; of others, their own."""
    if row.starts_on != closed.event_date or closed.kind.rules.leaves_as is None:
        return row.starts_on
    opened = row.opened_by
    begins = (
        row.starts_on if opened is None or opened.attached else switch(opened.kind, opened.event_date, row.school_class)
    )
    if begins == row.starts_on and opened is not None and not opened.attached:
        return begins
    return begins if begins > row.starts_on else max(row.starts_on, row.school_class.academic_year.starts_on)
