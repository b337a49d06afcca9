"""Where a pupil stands on a local day, as SQL: by what his card keeps (`keeping.py`), else by the history of classes.

Nothing acts before its day, and nothing has to be done on it. Tables and not models: it is told of every pupil whom
the reader sees, whatever he sees of classes and orders.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    ScalarSelect,
    Select,
    and_,
    case,
    exists,
    func,
    inspect,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, foreign, remote
from sqlalchemy.sql.functions import FunctionElement

from app.models.base import choice_type
from app.models.leading import local_day
from app.models.movement import MovementLine
from app.models.movement.kinds import LEAVING
from app.models.movement.memberships import ClassMembership
from app.models.people import PupilStatus
from app.models.study import SchoolClass

MEMBER, LINE = ClassMembership.__table__, MovementLine.__table__
STATUS = choice_type(PupilStatus)
TOLD_BY = (ClassMembership, MovementLine)
"""Whose rows tell it."""
Told = Callable[[Any, Any, ColumnElement[bool]], Any]
"""(membership, line that ended it, whether it holds) → what is told."""


class _NextDay(FunctionElement[Any]):
    """The day after."""

    type = Date()
    inherit_cache = True


@compiles(_NextDay)
def _plus_one(element: Any, compiler: Any, **kw: Any) -> str:
    return f"({compiler.process(element.clauses, **kw)} + 1)"


@compiles(_NextDay, "sqlite")
def _plus_one_day(element: Any, compiler: Any, **kw: Any) -> str:
    return f"date({compiler.process(element.clauses, **kw)}, '+1 day')"


def class_of(card: Any, day: Any) -> ColumnElement[int]:
    """The number of the class; NULL: none. `card`: what has the columns of a pupil."""
    history = _last(card.id, day, lambda member, _, inside: case((inside, member.c.class_id)))
    return type_coerce(_told(card, day, card.kept_class_id, card.next_class_id, history), Integer())


def status_of(card: Any, day: Any) -> ColumnElement[PupilStatus]:
    def told(member: Any, line: Any, inside: ColumnElement[bool]) -> Any:
        gone = [(line.c.kind == kind, kind.rules.leaves_as.value) for kind in LEAVING if kind.rules.leaves_as]
        return case((inside, PupilStatus.ENROLLED.value), *gone, else_=PupilStatus.NEW.value)

    history = type_coerce(func.coalesce(_last(card.id, day, told), PupilStatus.NEW.value), STATUS)
    return type_coerce(_told(card, day, card.kept_status, card.next_status, history), STATUS)


def since_of(card: Any, day: Any) -> Any:
    """The first day on which he is what he is; NULL: he was never in a class."""

    def told(member: Any, line: Any, inside: ColumnElement[bool]) -> Any:
        left = (line.c.kind.in_(LEAVING), member.c.ends_on)
        return case((inside, member.c.starts_on), left, else_=_NextDay(member.c.ends_on))

    return type_coerce(_told(card, day, card.kept_since, card.turns_on, _last(card.id, day, told)), Date())


def pupils_in(class_ids: Any, day: Any) -> Select[Any]:
    """The numbers of the pupils of these classes, or of one (a column)."""
    member = MEMBER.alias()
    found = select(member.c.pupil_id).where(holds(member.c, day)).correlate_except(member, LINE)
    if isinstance(class_ids, ColumnElement | InstrumentedAttribute):
        return found.where(member.c.class_id == class_ids)
    return found.where(member.c.class_id.in_(class_ids if isinstance(class_ids, Select) else sorted(class_ids)))


def members_of(class_id: Any, day: Any) -> ScalarSelect[int]:
    """How many are in a class: memberships, which the guard narrows by whom the reader sees."""
    where = ClassMembership.class_id == class_id, holds(ClassMembership, day)
    return select(func.count(ClassMembership.id)).where(*where).scalar_subquery()


def leads_to_class(card: Any) -> ColumnElement[bool]:
    """For the relation to the class, on the actor's day. The column that is most often its key stands for all."""
    columns = dict(inspect(card).columns.items())
    columns["kept_class_id"] = foreign(columns["kept_class_id"])
    return class_of(SimpleNamespace(**columns), local_day()) == remote(SchoolClass.__table__.c.id)


def holds(member: Any, day: Any) -> ColumnElement[bool]:
    """Whether a pupil is in the class at the end of the day: who leaves the school on it is in no class any more."""
    left = exists().where(LINE.c.id == member.closed_by_id, LINE.c.kind.in_(LEAVING))
    return _holds(member, day, not_(left))


def _holds(member: Any, day: Any, stays: ColumnElement[bool]) -> ColumnElement[bool]:
    """`stays`: no order by which pupils leave has ended the membership."""
    goes_on = or_(member.ends_on.is_(None), member.ends_on > day)
    return and_(member.starts_on <= day, or_(goes_on, and_(member.ends_on == day, stays)))


def _told(card: Any, day: Any, kept: Any, following: Any, history: Any) -> Any:
    """As long as what the card keeps holds, no history is read. What holds of most cards is asked first."""
    stays = card.turns_on.is_(None) | (card.turns_on > day)
    return case((card.kept_since > day, history), (stays, kept), (card.then_on <= day, history), else_=following)


def _last(pupil_id: Any, day: Any, told: Told) -> Any:
    """Something of the last class that he has entered by the day."""
    member, line = MEMBER.alias(), LINE.alias()
    inside = _holds(member.c, day, or_(line.c.kind.is_(None), line.c.kind.not_in(LEAVING)))
    return (
        select(told(member, line, inside))
        .select_from(member.outerjoin(line, line.c.id == member.c.closed_by_id))
        .where(member.c.pupil_id == pupil_id, member.c.starts_on <= day)
        .order_by(member.c.starts_on.desc())
        .limit(1)
        .correlate_except(member, line)
        .scalar_subquery()
    )
