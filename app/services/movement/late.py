"""An order that is overdue, filled in from the duty that it closes (deadlines.md: every overdue duty can be closed).

What the secretary types is the number and the date of the paper. The rest follows from the duty and from where the
pupil stands: the day of the event is proposed, and is to be compared with the paper.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.compliance import queries
from app.compliance.bindings.movement import RULES
from app.compliance.records import Record
from app.compliance.status import Status
from app.models.movement.kinds import Entered, OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.study import AcademicYear, SchoolClass
from app.regulation.rights import Action, Resource
from app.security.actor import Actor
from app.services.movement.checks import LineDraft, OrderDraft
from app.services.movement.place import place_of
from app.services.movement.standing import memberships_of

SchoolIds = frozenset[int] | None
MOST = 10_000
"""More than a school ever owes."""


@dataclass(frozen=True)
class Duty:
    """Which duties an order is to close: that of one pupil in a class, or all of a class."""

    rule: str
    membership_id: int | None = None
    class_id: int | None = None

    def holds(self, record: Record) -> bool:
        if not is_of_member(record):
            return False
        if self.membership_id is not None:
            return member_of(record) == self.membership_id
        return record.group_id == self.class_id


def is_of_member(record: Record) -> bool:
    """Whether it is owed by a membership for want of an order, and not by an order that is there."""
    return record.rule in RULES and record.detail is not None


def member_of(record: Record) -> int:
    """The membership that owes: under the sign minus where lines are judged by the same rule."""
    return abs(record.subject_id)


@dataclass(frozen=True)
class Filled:
    """An order as far as it follows from the duties; `left` are the classes left, line by line."""

    draft: OrderDraft
    left: tuple[SchoolClass, ...]
    due: date
    school_code: str


def schools_of(actor: Actor) -> SchoolIds:
    """The schools whose orders the actor may enter; None is every school."""
    return actor.school_ids(Resource.MOVEMENT_ORDERS, Action.EDIT)


@dataclass(frozen=True)
class OfClass:
    """How many in a class owe the same: one order closes it."""

    rule: str
    class_id: int
    caption: str
    due: date
    number: int


def by_class(session: Session, rules: Sequence[str], school_id: int, on: date) -> list[OfClass]:
    """The classes of a school in which something is overdue on the day, the earliest due first: one query."""
    found = queries.records(session.connection(), rules, frozenset({school_id}), on, Status.OVERDUE, limit=MOST)
    owed = [each for each in found if is_of_member(each)]
    numbers = Counter((each.rule, each.group_id) for each in owed)
    first = {(each.rule, each.group_id): each for each in reversed(owed)}
    return [
        OfClass(*key, first[key].group, first[key].due or first[key].anchor, number) for key, number in numbers.items()
    ]


def filled(session: Session, actor: Actor, duty: Duty, on: date) -> Filled | None:
    """The order that closes what of a duty is overdue on the day; None: nothing is, or it is not the actor's to enter.

    The number of queries does not depend on how many pupils the order is about.
    """
    rows = _members(session, duty) if duty.rule in RULES else []
    allowed = schools_of(actor)
    schools = frozenset(row.school_id for row in rows if allowed is None or row.school_id in allowed)
    if len(schools) != 1:
        return None
    found = queries.records(session.connection(), (duty.rule,), schools, on, Status.OVERDUE, limit=MOST)
    overdue = {member_of(record): record for record in found if duty.holds(record)}
    return _order(session, [row for row in rows if row.id in overdue], overdue)


def _members(session: Session, duty: Duty) -> Sequence[ClassMembership]:
    statement = select(ClassMembership).options(joinedload(ClassMembership.pupil))
    if duty.membership_id is not None:
        statement = statement.where(ClassMembership.id == duty.membership_id)
    else:
        statement = statement.where(ClassMembership.class_id == duty.class_id)
    rows = [row for row in session.scalars(statement) if row.pupil is not None]
    return sorted(rows, key=lambda row: str(row.pupil))


def _order(session: Session, rows: Sequence[ClassMembership], overdue: dict[int, Record]) -> Filled | None:
    if not rows:
        return None
    histories = memberships_of(session, [row.pupil for row in rows])
    first = overdue[rows[0].id]
    kind = OrderKind(first.detail)
    next_class = _next_class(session, kind, rows[0].school_class)
    lines = [_line(kind, row, overdue[row.id].anchor, histories[row.pupil_id], next_class) for row in rows]
    draft = OrderDraft(kind, "", None, rows[0].school_class.academic_year, lines=lines)
    due = first.due or first.anchor
    return Filled(draft, tuple(row.school_class for row in rows), due, first.school_code)


def _line(
    kind: OrderKind, row: ClassMembership, anchor: date, history: list[ClassMembership], next_class: SchoolClass | None
) -> LineDraft:
    if kind.is_enrolment:
        return LineDraft(row.pupil, row.starts_on, row.school_class)
    if kind.rules.leaves_as:
        return LineDraft(row.pupil, row.ends_on or anchor)
    place = place_of(kind, anchor, None, history, row.school_class.academic_year_id)
    if place.entered is not None:
        return LineDraft(row.pupil, anchor, place.entered.school_class)
    is_over = row.ends_on is not None
    return LineDraft(row.pupil, anchor, None if is_over else next_class)


def _next_class(session: Session, kind: OrderKind, left: SchoolClass) -> SchoolClass | None:
    """The class of the same letter into which one moves at the year's end, if the school has made it."""
    rules = kind.rules
    if rules.step is None or rules.to_class is Entered.NEVER:
        return None
    return session.scalar(
        select(SchoolClass)
        .join(AcademicYear, AcademicYear.id == SchoolClass.academic_year_id)
        .where(
            SchoolClass.school_id == left.school_id,
            SchoolClass.letter == left.letter,
            SchoolClass.grade == left.grade + rules.step,
            AcademicYear.start_year == left.academic_year.start_year + 1,
        )
    )
