"""Appointments to roles by an order, and what no appointment may do (3.3.1; access.md, Authority)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.accounts import AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.accounts.officials import Official
from app.models.people import Employee
from app.russian import format_date
from app.security import beyond
from app.security.guard import person_of
from app.services.accounts import succession
from app.services.engine import records, trash, warnings
from app.services.engine.errors import Conflict, Refused
from app.services.engine.transaction import transaction
from app.services.engine.warnings import Doubt

ABOVE_SCHOOL = frozenset({"municipal", "regional"})
WHERE = {"municipal": "в органе управления этого муниципалитета", "regional": "в органе управления региона"}
Told = Iterator[tuple[str, str]]
"""(field, words)"""


def appoint(session: Session, appointment: Appointment, data: dict[str, Any]) -> Appointment:
    """Give an account a role by an order, or change the term of the appointment. Raises Refused, Unconfirmed."""
    with transaction(session):
        before = (appointment.valid_from, appointment.valid_to) if appointment.id is not None else None
        with session.no_autoflush:
            for name, value in data.items():
                setattr(appointment, name, value)
            if appointment.role not in ABOVE_SCHOOL and appointment.school is None and appointment.school_id is None:
                appointment.school_id = person_of(session).default_school_id
            errors: dict[str, list[str]] = {}
            for field, words in _wrong(session, appointment, before):
                errors.setdefault(field, []).append(words)
        if errors:
            raise Refused(errors)
        return records.save(session, appointment)


def withdraw(session: Session, appointment: Appointment) -> Any:
    """Put an appointment in the bin. Raises Conflict where the school would be left without one."""
    if words := obstacle(session, appointment):
        raise Conflict(words)
    return records.remove(session, appointment)


def obstacle(session: Session, appointment: Appointment) -> str:
    """What forbids taking an appointment away today, in Russian, or nothing."""
    found = succession.left_without(session, appointment, None)
    return found[1] if found else ""


def _wrong(session: Session, given: Appointment, before: tuple[date, date | None] | None) -> Told:
    yield from _place(given)
    yield from _dates(given)
    school = given.school.id if given.school is not None else given.school_id
    if before is None:
        yield from _whose(session, given, school)
    term = given.valid_from, given.valid_to
    moved = before is not None and before != term
    if moved and (found := succession.left_without(session, given, term)):
        day, words = found
        yield ("valid_to" if given.valid_from <= day else "valid_from"), words
    backwards = given.valid_to is not None and given.valid_to < given.valid_from
    if not backwards and (words := _second(session, given, school)):
        yield "valid_from", words


def _second(session: Session, given: Appointment, school: int | None) -> str:
    """That there is such an appointment already, or nothing."""
    twin = _twin(session, given, school)
    return f"Такое назначение уже есть: приказ № {twin.order_number} от {format_date(twin.order_date)}." if twin else ""


def _place(given: Appointment) -> Told:
    if given.role not in ABOVE_SCHOOL and given.school is None and given.school_id is None:
        yield "school", "Для школьной роли выберите школу."
    if given.role == "municipal" and given.municipality is None and given.municipality_id is None:
        yield "municipality", "Для роли «Сотрудник УО» выберите муниципалитет."


def _dates(given: Appointment) -> Told:
    """An order acts from its own day on."""
    if given.valid_to and given.valid_to < given.valid_from:
        yield "valid_to", "Окончание раньше начала."
    if given.valid_from < given.order_date:
        yield "valid_from", f"Назначение не действует раньше приказа ({format_date(given.order_date)})."


def _whose(session: Session, given: Appointment, school: int | None) -> Told:
    """A role of the staff is a working person's: of that school or authority on the first day, never a pupil's or a
    parent's."""
    link = AccountPerson
    account = given.account.id if given.account is not None else given.account_id
    card: Any = Employee if school is not None else Official
    key, here = (
        (link.employee_id, Employee.school_id == school)
        if school is not None
        else (link.official_id, Official.municipality_id.is_not_distinct_from(_municipality(given)))
    )
    works = (
        select(card.id)
        .join(link, key == card.id)
        .where(link.account_id == account, here, card.hired_on <= given.valid_from)
        .where(or_(card.dismissed_on.is_(None), card.dismissed_on >= given.valid_from))
    )
    if not beyond.rows(session, works):
        day, where = format_date(given.valid_from), WHERE.get(given.role, "в этой школе")
        yield "account", f"Назначают того, кто {day} работает {where}: свяжите учётную запись с его карточкой."


def _municipality(given: Appointment) -> int | None:
    return given.municipality.id if given.municipality is not None else given.municipality_id


def _twin(session: Session, given: Appointment, school: int | None) -> Any:
    """The same role of the same account in the same place, in force on some day of this one."""
    own, account = Appointment, given.account.id if given.account is not None else given.account_id
    municipality = _municipality(given)
    meets = or_(own.valid_to.is_(None), own.valid_to >= given.valid_from)
    where = [own.account_id == account, own.role == given.role, meets, own.id != (given.id or 0)]
    where += [own.school_id.is_not_distinct_from(school), own.municipality_id.is_not_distinct_from(municipality)]
    if given.valid_to is not None:
        where.append(own.valid_from <= given.valid_to)
    found = beyond.rows(session, select(own.order_number, own.order_date).where(*where).limit(1))
    return found[0] if found else None


@trash.restores(Appointment)
def _again(session: Session, given: Appointment) -> None:
    """What comes back from the bin is no second one of what was given since. Raises Refused."""
    if words := _second(session, given, given.school_id):
        raise Refused({"": [words]})


@warnings.on(Appointment)
def doubts(session: Session, appointment: Appointment) -> Iterator[Doubt]:
    """Who appoints himself is asked, and the answer stays in the trail."""
    is_new = appointment.version == 1
    if is_new and appointment.account_id == person_of(session).account_id:
        about = (appointment.account_id, appointment.role, appointment.valid_from, appointment.valid_to)
        yield Doubt("appoints-himself", "Вы назначаете на роль самого себя.", "account", about)
