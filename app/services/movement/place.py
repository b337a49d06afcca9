"""Where in the class history of a pupil an order belongs, however late it is entered. Pure: no query.

What the order says may stand already: somebody moved the pupil by hand, or later orders did. Such an order is attached
to the memberships that stand and changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.study import SchoolClass

DAY = timedelta(days=1)
SUMMER = frozenset({5, 6, 7, 8})
"""Months at whose end or within which a class is over: a gap that begins in them ends no stay in the school."""
Rows = Sequence[ClassMembership]


@dataclass(frozen=True)
class Place:
    """What an order meets. The history is that of one pupil, oldest first."""

    left: ClassMembership | None = None
    """The membership that the order ends."""
    entered: ClassMembership | None = None
    """The membership that it leads to, where that stands already."""
    stands: bool = False
    """All that the order says stands already."""
    since: date | None = None
    """No earlier day is possible for it."""
    stands_on: date | None = None
    """The day on which, as it stands, the pupil came or left."""
    ahead: bool = False
    """The pupil was to enter the class that is left only after the day of the order."""

    @property
    def school_class(self) -> SchoolClass | None:
        """The class whose school year the order is about, if it stands already."""
        row = self.left or self.entered
        return row.school_class if row is not None else None


def place_of(kind: OrderKind, day: date, to_class: SchoolClass | None, rows: Rows, year_id: int | None = None) -> Place:
    """The place of an order of this kind on this day; `year_id` is its school year, where that is known."""
    if kind.is_enrolment:
        return _of_enrolment(day, to_class, rows)
    if kind.rules.year_end:
        return _of_year_end(kind, day, to_class, rows, year_id)
    left, coming = _begun(rows, day), next((row for row in rows if row.starts_on > day), None)
    if coming is not None and _is_ahead(kind, left, coming, to_class):
        return Place(coming, since=_ordered_on(coming), ahead=True)
    if left is None:
        return Place()
    return _of_departure(left, rows) if kind.rules.leaves_as else _of_transfer(left, to_class, rows)


def _is_ahead(
    kind: OrderKind, left: ClassMembership | None, coming: ClassMembership, to_class: SchoolClass | None
) -> bool:
    """Between an enrolment or a promotion and the first day of its year one leaves, or goes to another class."""
    if coming.opened_by is None and coming.starts_on != coming.school_class.academic_year.starts_on:
        return False  # taken back, it could not be begun again on its own day
    if kind.rules.leaves_as:
        return left is None or is_left(left)
    year_id = coming.school_class.academic_year_id
    same = to_class is not None and to_class.academic_year_id == year_id
    begins = coming.starts_on == coming.school_class.academic_year.starts_on
    return same and begins and (left is None or left.school_class.academic_year_id != year_id)


def _ordered_on(row: ClassMembership) -> date:
    """No departure and no transfer is earlier than the order that brings the pupil to the class.

    Where no order does, the summer before the class: what lies further back is of another year.
    """
    if row.opened_by is None:
        return date(row.starts_on.year, 6, 1)
    order = row.opened_by.order
    return min(order.decision_date or order.order_date, order.order_date)


def is_left(row: ClassMembership) -> bool:
    """Whether an order says that the pupil left the school with it."""
    return row.closed_by is not None and row.closed_by.kind.rules.leaves_as is not None


def after(row: ClassMembership, rows: Rows) -> ClassMembership | None:
    """The membership that follows."""
    return next((other for other in rows if other.starts_on > row.starts_on), None)


def is_by_hand(row: ClassMembership) -> bool:
    """Whether it was ended, and no order says so."""
    return row.ends_on is not None and row.closed_by is None


def goes_on(row: ClassMembership, following: ClassMembership | None) -> bool:
    """Whether what follows is the same stay: on the next day, or after a summer."""
    if following is None or row.ends_on is None or is_left(row) or _is_enrolled_by(following):
        return False
    return row.ends_on + DAY >= following.starts_on or (is_over_summer(row) and _next_year(row, following))


def is_over_summer(row: ClassMembership) -> bool:
    return row.ends_on is not None and row.ends_on.month in SUMMER


def _is_enrolled_by(row: ClassMembership) -> bool:
    return row.opened_by is not None and row.opened_by.kind.is_enrolment


def _next_year(row: ClassMembership, following: ClassMembership) -> bool:
    return bool(following.school_class.academic_year.start_year == row.school_class.academic_year.start_year + 1)


def _begun(rows: Rows, day: date) -> ClassMembership | None:
    return next((row for row in reversed(rows) if row.starts_on <= day), None)


def _of_enrolment(day: date, to_class: SchoolClass | None, rows: Rows) -> Place:
    """A stay that somebody began by hand in that very class, if the day lies after the stay before it."""
    ended, before = date.min, None
    for row in rows:
        begins = before is None or not goes_on(before, row)
        if before is not None and begins:
            ended = before.ends_on or date.min
        same = to_class is not None and row.class_id == to_class.id and row.opened_by is None
        if begins and same and ended < day <= (row.ends_on or date.max):
            return Place(entered=row, stands=True, stands_on=row.starts_on)
        before = row
    return Place()


def _of_year_end(kind: OrderKind, day: date, to_class: SchoolClass | None, rows: Rows, year_id: int | None) -> Place:
    if year_id is None:
        year_id = _year_ended(day, to_class, rows)
    of_year = [row for row in rows if row.school_class.academic_year_id == year_id]
    if not of_year:
        return Place(_begun(rows, day))
    left, following = of_year[-1], after(of_year[-1], rows)
    entered = following if following is not None and goes_on(left, following) and _next_year(left, following) else None
    if kind.rules.leaves_as or to_class is None:
        stands = left.ends_on is not None
    elif entered is not None:
        stands = entered.class_id == to_class.id
    else:
        stands = left.ends_on is not None and is_left(left) and left.ends_on < switch(kind, day, to_class)
    if kind.rules.leaves_as:
        return Place(left, None, stands, of_year[0].starts_on, left.ends_on if stands else None)
    return Place(left, entered, stands, of_year[0].starts_on)


def _year_ended(day: date, to_class: SchoolClass | None, rows: Rows) -> int | None:
    """The school year that a year-end order closes: of the class of that day, or of the class before it where the pupil
    already stands, by hand, in the class that the order leads to."""
    row = _begun(rows, day)
    if row is not None and to_class is not None and row.class_id == to_class.id and row.opened_by is None:
        before = next((each for each in reversed(rows) if each.starts_on < row.starts_on), None)
        row = before if before is not None and _next_year(before, row) else row
    return row.school_class.academic_year_id if row is not None else None


def switch(kind: OrderKind, day: date, to_class: SchoolClass) -> date:
    """The first day in the class entered. An order of May moves the pupil when the new year begins, not in May."""
    return max(day, to_class.academic_year.starts_on) if kind.rules.year_end else day


def _of_departure(left: ClassMembership, rows: Rows) -> Place:
    stands = is_by_hand(left) and not goes_on(left, after(left, rows))
    return Place(left, None, stands, left.starts_on, left.ends_on if stands else None)


def _of_transfer(left: ClassMembership, to_class: SchoolClass | None, rows: Rows) -> Place:
    if to_class is not None and left.class_id == to_class.id and left.opened_by is None:
        before = next((row for row in reversed(rows) if row.starts_on < left.starts_on), None)
        same_year = before is not None and before.school_class.academic_year_id == left.school_class.academic_year_id
        if before is not None and same_year and is_by_hand(before) and goes_on(before, left):
            return Place(before, left, True, before.starts_on, left.starts_on)
    return Place(left, since=left.starts_on)
