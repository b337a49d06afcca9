"""What orders already entered will do to a pupil on days to come: told on the card, and acting on its day alone."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.models.movement import MovementLine
from app.models.movement.keeping import DAY, kept_on
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil, PupilStatus
from app.models.study import SchoolClass
from app.russian import format_date
from app.security import beyond

LEAVES = {PupilStatus.DEPARTED: "выбывает с {}", PupilStatus.GRADUATED: "окончит школу {}"}


def coming(session: Session, pupil: Pupil, day: date) -> list[str]:
    """In words, in the order of the days: «выбывает с 31.12.2026». Whoever sees the pupil is told, as of his state."""
    if kept_on(pupil, day) is not None and (pupil.turns_on is None or pupil.turns_on <= day) and pupil.then_on is None:
        return []
    rows = _history(session, pupil.id)
    found = [_entering(before, row) for before, row in pairwise([None, *rows]) if row.starts_on > day]
    found += [each for row in rows if (each := _leaving(row, rows)) is not None and each[0] > day]
    return [words for _, words in sorted(found)]


def will_be_in(pupil: Pupil, day: date) -> bool:
    """Whether a pupil of no class has a class to come."""
    return pupil.turns_on is not None and pupil.turns_on > day and pupil.next_status is PupilStatus.ENROLLED


def _history(session: Session, pupil_id: int) -> Sequence[Any]:
    member, opened, closed = ClassMembership, aliased(MovementLine), aliased(MovementLine)
    columns = (member.starts_on, member.ends_on, SchoolClass.grade, SchoolClass.letter)
    statement = select(*columns, opened.kind.label("opened"), closed.kind.label("closed"))
    statement = statement.join(SchoolClass, SchoolClass.id == member.class_id)
    statement = statement.outerjoin(opened, opened.id == member.opened_by_id)
    statement = statement.outerjoin(closed, closed.id == member.closed_by_id)
    return beyond.rows(session, statement.where(member.pupil_id == pupil_id).order_by(member.starts_on))


def _entering(before: Any, row: Any) -> tuple[date, str]:
    """From class to class, or into the school."""
    words = "зачислен в {} с {}"
    if before is not None and before.ends_on == row.starts_on - DAY and _left_as(before.closed) is None:
        stays = row.opened is not None and row.opened.rules.repeating
        words = "остаётся на повторное обучение в {} с {}" if stays else "переводится в {} с {}"
    return row.starts_on, words.format(f"{row.grade}\N{NO-BREAK SPACE}«{row.letter}»", format_date(row.starts_on))


def _leaving(row: Any, rows: Sequence[Any]) -> tuple[date, str] | None:
    """Out of the school, or of all classes."""
    if row.ends_on is None or any(each.starts_on == row.ends_on + DAY for each in rows):
        return None
    status = _left_as(row.closed)
    words = LEAVES[status] if status is not None else "в классе по {}"
    return row.ends_on, words.format(format_date(row.ends_on))


def _left_as(kind: OrderKind | None) -> PupilStatus | None:
    return kind.rules.leaves_as if kind is not None else None
