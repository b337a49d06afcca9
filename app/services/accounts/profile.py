"""One's own account: which role by what order, whose account it is, where else it is signed in (1.5, УПД.10)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Subquery, or_, select, true
from sqlalchemy.orm import Session, joinedload

from app.clock import utc_now
from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.engine.audit import AuditAction, AuditEvent
from app.security.guard import system_step
from app.security.manager import new_session_key
from app.services.accounts.accounts import TOLD_FOR
from app.services.engine import audit
from app.services.engine.transaction import transaction


@dataclass(frozen=True)
class Profile:
    """What an account may know of itself; only this, whatever its roles let it see of others."""

    appointments: list[Appointment]
    """In force on the day or later."""
    persons: list[AccountPerson]


def of(session: Session, account_id: int, day: date) -> Profile:
    with system_step(session, "tell an account its own roles and persons"):
        return Profile(_appointments(session, account_id, day), _persons(session, account_id))


def _appointments(session: Session, account_id: int, day: date) -> list[Appointment]:
    statement = (
        select(Appointment)
        .where(Appointment.account_id == account_id, or_(Appointment.valid_to.is_(None), Appointment.valid_to >= day))
        .options(joinedload(Appointment.school), joinedload(Appointment.municipality))
        .order_by(Appointment.valid_from, Appointment.id)
    )
    return list(session.scalars(statement))


def _persons(session: Session, account_id: int) -> list[AccountPerson]:
    statement = select(AccountPerson).where(AccountPerson.account_id == account_id).order_by(AccountPerson.id)
    whose = (AccountPerson.employee, AccountPerson.pupil, AccountPerson.parent, AccountPerson.school)
    return list(session.scalars(statement.options(*map(joinedload, whose))))


def told_of_resets(session: Session, account_id: int) -> list[tuple[str, datetime, str]]:
    """What somebody else has done of late to the own sign-in, when and who: one query, the start page asks it."""
    since, latest = utc_now() - TOLD_FOR, _factor_reset(account_id)
    asked = select(Account.reset_at, Account.reset_by, latest.c.at, latest.c.actor).outerjoin(latest, true())
    with system_step(session, "tell an account who has reset its sign-in"):
        row = session.execute(asked.where(Account.id == account_id)).one()
    done = (("Пароль", row.reset_at, row.reset_by or ""), ("Второй фактор", row.at, row.actor or ""))
    return [each for each in done if each[1] is not None and each[1] > since]


def _factor_reset(account_id: int) -> Subquery:
    """The last one: what others do with a second factor is that alone."""
    by_others = or_(AuditEvent.account_id.is_(None), AuditEvent.account_id != account_id)
    of_it = AuditEvent.entity == Account.__tablename__, AuditEvent.record_id == account_id, by_others
    found = select(AuditEvent.at, AuditEvent.actor).where(*of_it, AuditEvent.action == AuditAction.SECOND_FACTOR)
    return found.order_by(AuditEvent.id.desc()).limit(1).subquery()


def end_other_sessions(session: Session, account: Account) -> None:
    """Every session of the account ends; the caller gives the new key to the one that goes on."""
    with transaction(session), system_step(session, "end the own other sessions"):
        account.session_key = new_session_key()
        audit.record(session, AuditAction.LOGOUT, f"{account.username}: остальные сеансы", obj=account)
