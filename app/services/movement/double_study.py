"""Pupils who are in a class of two schools at once, for the МОУО and the region; what they have decided of a pair.

Who is one person is told by `services/people/twins.py`. The pairs are found anew each time: by whatever way somebody
gets into a class or leaves it, the list is true.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, union
from sqlalchemy.orm import Session, aliased

from app.models.movement.double_study import LawfulStudy
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil
from app.models.schools import School
from app.models.study import SchoolClass
from app.regulation.rights import Action, Resource
from app.security import beyond
from app.security.guard import Denied, person_of, system_step
from app.services.engine import records
from app.services.engine.transaction import transaction
from app.services.people.twins import CERTIFICATE, COLUMNS, Ground, Marks, standing

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Side:
    """A pupil in one of the two schools."""

    id: int
    name: str
    born: date
    school_id: int
    school: str
    marks: Marks
    school_class: str = ""
    since: date = date.min
    """The first day of his unbroken belonging to classes of the school."""
    may_open: bool = False


@dataclass(frozen=True)
class Decision:
    """Why a pair is lawful."""

    id: int
    decided_on: date
    reason: str


@dataclass(frozen=True)
class Pair:
    first: Side
    second: Side
    ground: Ground
    decision: Decision | None = None

    @property
    def since(self) -> date:
        """The first day in both schools."""
        return max(self.first.since, self.second.since)


def pairs(session: Session, action: Action = Action.VIEW, only: tuple[int, int] | None = None) -> list[Pair]:
    """Pairs of today of which one school at least is the actor's for this action, the latest first. A fixed number of
    queries; names of the other school are read past the guard, as names of what a record refers to are."""
    schools = person_of(session).school_ids(Resource.DOUBLE_STUDY, action)
    keys = [tuple(row) for row in beyond.rows(session, _pairs(schools, person_of(session).today, only))]
    sides = _sides(session, {key for pair in keys for key in pair})
    decided = _decisions(session, {first for first, _ in keys})
    found = (_pair(sides[first], sides[second], decided.get((first, second))) for first, second in keys)
    return sorted((each for each in found if each is not None), key=_latest_first)


def _latest_first(pair: Pair) -> tuple[int, str]:
    return -pair.since.toordinal(), pair.first.name


def _pair(first: Side, second: Side, decision: Decision | None) -> Pair | None:
    ground = first.marks.ground_across(second.marks)
    return Pair(first, second, ground, decision) if ground is not None else None


def _pairs(schools: frozenset[int] | None, today: date, only: tuple[int, int] | None) -> Any:
    one, other = aliased(Pupil), aliased(Pupil)
    where = [one.id < other.id, one.school_id != other.school_id, standing(one.id, today), standing(other.id, today)]
    if schools is not None:
        where.append(or_(one.school_id.in_(sorted(schools)), other.school_id.in_(sorted(schools))))
    if only is not None:
        where += [one.id == only[0], other.id == only[1]]
    grounds = (
        one.snils == other.snils,
        one.birth_certificate == other.birth_certificate,
        and_(one.person_key == other.person_key, one.birth_date == other.birth_date),
    )
    return union(*(select(one.id, other.id).join(other, ground).where(*where) for ground in grounds))


def _sides(session: Session, keys: Iterable[int]) -> dict[int, Side]:
    keys = sorted(keys)
    columns = [getattr(Pupil, name) for name in (*COLUMNS, CERTIFICATE)]
    statement = select(Pupil.id, Pupil.school_id, School.name.label("school"), *columns)
    rows = beyond.rows(session, statement.join(School, School.id == Pupil.school_id).where(Pupil.id.in_(keys)))
    open_ones, held = beyond.within(session, Pupil, keys), _memberships(session, keys)
    return {row.id: replace(_side(row), may_open=row.id in open_ones, **held.get(row.id, {})) for row in rows}


def _side(row: Any) -> Side:
    name = " ".join(part for part in (row.last_name, row.first_name, row.middle_name) if part)
    return Side(row.id, name, row.birth_date, row.school_id, row.school, Marks.of(row._mapping))


def _memberships(session: Session, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The class of today and the first day of the unbroken belonging that leads to it."""
    today, found = person_of(session).today, dict[int, dict[str, Any]]()
    ends: dict[int, date | None] = {}
    statement = (
        select(
            ClassMembership.pupil_id,
            ClassMembership.starts_on,
            ClassMembership.ends_on,
            SchoolClass.grade,
            SchoolClass.letter,
        )
        .join(SchoolClass, SchoolClass.id == ClassMembership.class_id)
        .where(ClassMembership.pupil_id.in_(keys), ClassMembership.starts_on <= today)
        .order_by(ClassMembership.pupil_id, ClassMembership.starts_on)
    )
    for row in beyond.rows(session, statement):
        last = ends.get(row.pupil_id)
        goes_on = last is not None and row.starts_on <= last + DAY
        since = found[row.pupil_id]["since"] if goes_on else row.starts_on
        found[row.pupil_id] = {"since": since, "school_class": f"{row.grade}{row.letter}"}
        ends[row.pupil_id] = row.ends_on
    return found


def _decisions(session: Session, firsts: Iterable[int]) -> dict[tuple[int, int], Decision]:
    one = LawfulStudy
    statement = select(one.first_id, one.second_id, one.id, one.decided_on, one.reason)
    rows = beyond.rows(session, statement.where(one.first_id.in_(sorted(firsts)), one.withdrawn_on.is_(None)))
    return {(row.first_id, row.second_id): Decision(row.id, row.decided_on, row.reason) for row in rows}


def mark(session: Session, pair: Pair, decided_on: date, reason: str) -> LawfulStudy:
    """Note that a pair studies in two schools lawfully. Raises Denied, Conflict for a pair that is marked already.

    The other school may lie beyond the actor's rows, so the record is written in a system step.
    """
    schools = person_of(session).school_ids(Resource.DOUBLE_STUDY, Action.EDIT)
    if schools is not None and schools.isdisjoint({pair.first.school_id, pair.second.school_id}):
        raise Denied("Недостаточно прав: обе школы вне вашего муниципалитета.")
    made = LawfulStudy(
        first_id=pair.first.id,
        second_id=pair.second.id,
        first_school_id=pair.first.school_id,
        second_school_id=pair.second.school_id,
        decided_on=decided_on,
        reason=reason,
    )
    with transaction(session), system_step(session, "mark a lawful study in two schools"):
        return records.save(session, made)
