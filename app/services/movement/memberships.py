"""Who is in a class by the deputy's own hand, before an order says so (3.3.3.2)."""

from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.compliance.starts import every_start
from app.models.engine.deleted import DeletedRecord
from app.models.monitoring.starts import LOADING
from app.models.movement import keeping
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.russian import format_date
from app.security.guard import person_of, system_step
from app.services.engine import records, trash
from app.services.engine.errors import Conflict, Refused
from app.services.engine.transaction import transaction

NO_START = "Отметку первоначальной загрузки разрешает день начала ведения: его устанавливает региональный специалист."
OF_AN_ORDER = "Запись сделана приказом: аннулируйте или исправьте приказ."


def save(session: Session, membership: ClassMembership, data: dict[str, Any]) -> ClassMembership:
    """Add a pupil to a class or correct a hand-made membership. Raises Refused, Conflict."""
    with transaction(session):
        with session.no_autoflush:
            for name, value in data.items():
                setattr(membership, name, value)
            membership.school_id = membership.pupil.school_id
            _refuse_overlap(session, membership)
            if membership.year_outcome is None:
                YearOutcome.begin(membership)
        records.stage(session, membership)
        return records.save(session, membership)


def delete(session: Session, membership: ClassMembership) -> DeletedRecord:
    """Delete a hand-made membership; one that an order made goes with its order."""
    if is_of_an_order(membership):
        raise Conflict(OF_AN_ORDER)
    with transaction(session):
        return records.remove(session, membership)


def unmarkable(session: Session, school_id: int | None) -> str:
    """Why a load of the school gets no mark of the initial load today; "": it does. Where no school is known, each row
    is asked about."""
    if school_id is None:
        return ""
    with system_step(session, "look up the start of use of a school"):
        start = every_start(session.connection(), frozenset({school_id}))[school_id]
    day = start.set_on or start.silent
    if day is None:
        return NO_START
    if abs(person_of(session).today - day) > LOADING:
        first, last = format_date(day - LOADING), format_date(day + LOADING)
        return f"Первоначальная загрузка школы – с {first} по {last}."
    return ""


def mark_initial(session: Session, membership: ClassMembership) -> None:
    """Of a membership that a load adds: it stood when the school began to keep its records here. Raises Refused."""
    if words := unmarkable(session, membership.school_id):
        raise Refused({"": [words]})
    if membership.starts_on > person_of(session).today:
        raise Refused({"starts_on": ["Первоначальная загрузка – о тех, кто уже учится: этот день ещё не наступил."]})
    membership.is_initial = True
    session.flush()


def is_of_an_order(membership: ClassMembership) -> bool:
    return membership.opened_by_id is not None or membership.closed_by_id is not None


@trash.restores(ClassMembership)
def _again(session: Session, membership: ClassMembership) -> None:
    _refuse_overlap(session, membership)
    keeping.keep_again(session, {membership.pupil_id})


def _refuse_overlap(session: Session, membership: ClassMembership) -> None:
    if membership.ends_on is not None and membership.ends_on < membership.starts_on:
        raise Refused({"ends_on": ["Окончание раньше начала."]})
    other = session.scalar(
        select(ClassMembership).where(
            ClassMembership.pupil_id == membership.pupil.id,
            ClassMembership.id != (membership.id or 0),
            ClassMembership.starts_on <= (membership.ends_on or date.max),
            or_(ClassMembership.ends_on.is_(None), ClassMembership.ends_on >= membership.starts_on),
        )
    )
    if other is not None:
        since, until = (
            format_date(other.starts_on),
            format_date(other.ends_on) if other.ends_on else "по настоящее время",
        )
        taken = f"В эти дни обучающийся уже в {other.school_class}: {since} – {until}."
        raise Refused({"starts_on": [taken]})
