"""The year-end order of whole classes, filled in: everybody whose year ends so, each with the class that follows.

What the secretary types is the number and the date of the paper. Who repeats the year, or has such an order already, is
left out and named (3.3.3.2, 3.3.4.4).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models.dated import holding_on
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import YEAR_END, OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import Outcome
from app.models.people import Pupil
from app.models.study import AcademicYear, SchoolClass
from app.services.movement.checks import LineDraft

Place = tuple[int, int, int, str]
"""(school, first calendar year of the school year, grade, letter)"""


@dataclass(frozen=True)
class Missing:
    """A class into which a class would move, and which the school has not made."""

    left: SchoolClass
    grade: int
    letter: str
    start_year: int
    year_id: int | None
    """None: the school year is missing too."""

    @property
    def caption(self) -> str:
        return f"{self.grade}\N{NO-BREAK SPACE}«{self.letter}»"


@dataclass(frozen=True)
class Whole:
    """An order for whole classes."""

    lines: tuple[LineDraft, ...]
    unfit: tuple[SchoolClass, ...]
    """Classes of another grade than orders of this kind are for."""
    missing: tuple[Missing, ...]
    otherwise: tuple[tuple[Pupil, Outcome], ...]
    """Pupils whose year ends otherwise."""
    done: int
    """How many have an order of the year's end already."""


def usual_kind(grade: int) -> OrderKind:
    """By which order the year of a class of this grade usually ends."""
    return Outcome.usual(grade).order_kind


def of_classes(session: Session, kind: OrderKind, classes: Sequence[SchoolClass], on: date) -> Whole:
    """Everybody of these classes on a local day, class by class, by name. The number of queries does not depend on how
    many there are."""
    fit = [one for one in classes if one.grade in (kind.rules.from_grades or ())]
    following = _following(session, fit, kind.rules.step)
    lines: list[LineDraft] = []
    otherwise: list[tuple[Pupil, Outcome]] = []
    rows = _members(session, [one.id for one in fit], on)
    named = _named(session, rows)
    for row in rows:
        outcome = row.year_outcome.outcome if row.year_outcome else Outcome.usual(row.school_class.grade)
        if (row.pupil_id, row.school_class.academic_year_id) in named:
            continue
        if outcome.order_kind is kind:
            target = following.get(_place_after(row.school_class, kind.rules.step))
            lines.append(LineDraft(row.pupil, _last_day(row.school_class.academic_year), to_class=target))
        else:
            otherwise.append((row.pupil, outcome))
    return Whole(
        tuple(lines),
        tuple(one for one in classes if one not in fit),
        tuple(_missing(session, fit, following, kind.rules.step)),
        tuple(otherwise),
        sum((row.pupil_id, row.school_class.academic_year_id) in named for row in rows),
    )


def _members(session: Session, class_ids: Collection[int], on: date) -> list[ClassMembership]:
    """Those whom the actor sees, in the order of classes and names."""
    statement = select(ClassMembership).options(
        joinedload(ClassMembership.pupil),
        joinedload(ClassMembership.year_outcome),
        joinedload(ClassMembership.school_class)
        .joinedload(SchoolClass.academic_year)
        .selectinload(AcademicYear.periods),
    )
    found = session.scalars(
        statement.where(ClassMembership.class_id.in_(class_ids), holding_on(ClassMembership, on))
    ).unique()
    rows = [row for row in found if row.pupil is not None]
    return sorted(rows, key=lambda row: (row.school_class.grade, row.school_class.letter, row.pupil.search_text))


def _named(session: Session, rows: Sequence[ClassMembership]) -> set[tuple[int, int]]:
    """(pupil, school year) of those who are named by an order of the year's end that is in force."""
    statement = (
        select(MovementLine.pupil_id, MovementLine.academic_year_id)
        .join(MovementLine.order)
        .where(
            MovementLine.pupil_id.in_([row.pupil_id for row in rows]),
            MovementLine.kind.in_(YEAR_END),
            MovementOrder.annulled_on.is_(None),
        )
    )
    return {(pupil_id, year_id) for pupil_id, year_id in session.execute(statement)}


def _last_day(year: AcademicYear) -> date:
    """Of lessons, as far as the periods tell it: then the year's orders fall due."""
    return max((period.ends_on for period in year.periods), default=year.ends_on)


def _place_after(left: SchoolClass, step: int | None) -> Place:
    return left.school_id, left.academic_year.start_year + 1, left.grade + (step or 0), left.letter


def _following(session: Session, classes: Sequence[SchoolClass], step: int | None) -> dict[Place, SchoolClass]:
    """The classes of the next year into which these move, as far as the school has made them."""
    if step is None:
        return {}
    found = session.scalars(
        select(SchoolClass)
        .join(SchoolClass.academic_year)
        .options(joinedload(SchoolClass.academic_year))
        .where(
            SchoolClass.school_id.in_({one.school_id for one in classes}),
            AcademicYear.start_year.in_({one.academic_year.start_year + 1 for one in classes}),
        )
    )
    return {(one.school_id, one.academic_year.start_year, one.grade, one.letter): one for one in found}


def _missing(
    session: Session, classes: Sequence[SchoolClass], following: dict[Place, SchoolClass], step: int | None
) -> list[Missing]:
    wanted = [(one, _place_after(one, step)) for one in classes]
    absent = [(one, place) for one, place in wanted if step is not None and place not in following]
    if not absent:
        return []
    years = session.execute(
        select(AcademicYear.school_id, AcademicYear.start_year, AcademicYear.id).where(
            AcademicYear.school_id.in_({place[0] for _, place in absent})
        )
    )
    known = {(school_id, start): key for school_id, start, key in years}
    return [
        Missing(one, grade, letter, start, known.get((school_id, start)))
        for one, (school_id, start, grade, letter) in absent
    ]
