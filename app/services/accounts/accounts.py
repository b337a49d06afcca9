"""Signing in and passwords (1.4, 1.5, ИАФ.4–5, УПД.6, УПД.10)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import delete, insert, inspect, select, update
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models.accounts import ONE_PERSON, OWNERS, Account, AccountPerson
from app.models.engine.audit import AuditAction
from app.models.engine.sessions import ended_session
from app.regulation.rights import OPERATOR_ROLE
from app.security import hashing
from app.security.actor import SYSTEM, Actor
from app.security.guard import acting, person_of, system_step
from app.security.manager import new_session_key
from app.services.accounts import (
    credentials,
    devices,
    handing_over,
    lockout,
    logins,
    one_time,
    own_sessions,
    own_words,
    passwords,
    refusals,
    second_factor,
    succession,
)
from app.services.engine import audit, coherence, records
from app.services.engine.errors import Changed, Conflict, Refused
from app.services.engine.transaction import rows_hit, transaction

FAMILY = frozenset({"student", "parent"})
"""Roles that follow from being a pupil or a parent, not from an appointment."""
TOLD_FOR = timedelta(days=30)
"""How long an owner is told of a password that somebody else has set."""
BEYOND = "Эта учётная запись даёт права и за пределами вашей школы. Её ведёт оператор."


@coherence.alone(AccountPerson, *(key for name in OWNERS for key in (name, f"{name}_id")))
def _owner(link: AccountPerson) -> Iterator[tuple[str, str]]:
    """In the words of its CHECK, and before the school of nobody is found missing."""
    if sum(_is_named(link, name) for name in OWNERS) != 1:
        yield "employee_id", ONE_PERSON


def _is_named(link: AccountPerson, name: str) -> bool:
    """What is chosen is in its key after the flush only."""
    is_chosen: bool = inspect(link).attrs[name].history.has_changes()
    return getattr(link, name if is_chosen else f"{name}_id") is not None


def authenticate(
    session: Session, login: str, password: str, address: str | None, device: str | None = None
) -> Account | None:
    """The account of these credentials, or None: whatever the reason, in the same words and time (ИАФ.5).

    Repeated failures lock the account for a growing time, 15 minutes at the most: a stranger cannot lock a school out
    for long, and a device known to the account (its token: `device`) passes the lock. Raises TooOften for an address
    that was refused too often: then nothing is looked at. Where the account has a second factor, nobody has signed in
    yet (second_step.py), and its failures stay.
    """
    stranger = Actor(name="—", is_system=True, address=address)
    refusals.require_few(session, address)
    with acting(session, stranger), transaction(session):
        account = by_login(session, login)
        matches = credentials.prove(session, account, password)
        known = devices.name_of(account, device)
        if account is not None and matches and lockout.may_sign_in(account, devices.is_trusted(session, known)):
            credentials.renew_hash(session, account, password)
            if not second_factor.is_on(session, account):
                lockout.succeed(session, account, address)
        else:
            lockout.fail(session, account, stranger)
            if known:
                refusals.count_of_device(session, known)
            account = None
    return account


def sign_out(session: Session, account: Account, mark: str, until: datetime) -> None:
    """End a session for every process and every copy of its cookie. `mark` is its stored mark, `until` its own end."""
    try:
        with transaction(session):
            session.execute(delete(ended_session).where(ended_session.c.until < utc_now()))
            own_sessions.forget(session, mark)
            session.execute(insert(ended_session).values(mark=mark, until=until))
            audit.record(session, AuditAction.LOGOUT, account.username, obj=account)
    except Conflict:  # pressed twice: the other press has ended it
        return


def change_password(session: Session, account: Account, current: str | None, new: str) -> None:
    """Change the own password; every other session of the account ends. Raises Refused and TooOften.

    Whoever has just signed in with what somebody else gave him (a slip, a password that was reset) need not type it
    again: `current` is None, and his session can do nothing else.
    """
    errors: dict[str, list[str]] = {}
    refusals.require_few(session, person_of(session).address)
    if not account.must_change_password and not knows_password(session, account, current or ""):
        errors["current"] = ["Текущий пароль введён неверно, либо попытки временно закрыты."]
    if problem := passwords.problem(new, account.username, own_words.of(session, account)):
        errors["new"] = [problem]
    elif credentials.prove(session, account, new):
        errors["new"] = ["Новый пароль совпадает с текущим. Придумайте другой."]
    if errors:
        raise Refused(errors)
    with transaction(session), system_step(session, "change the own password"):
        set_password(session, account, new)
        account.must_change_password = False
        audit.record(session, AuditAction.PASSWORD, account.username, obj=account)


def knows_password(session: Session, account: Account, current: str) -> bool:
    """An open session is no way round the lock: wrong guesses here count as failures of signing in (УПД.6)."""
    matches = credentials.prove(session, account, current)
    if matches and not account.is_locked:
        account.failed_logins = 0
        return True
    with transaction(session), system_step(session, "count a wrong current password"):
        lockout.fail(session, account, person_of(session))
    return False


def set_password(session: Session, account: Account, password: str) -> None:
    """It takes the place of whatever opened the account before. The caller commits."""
    account.password = hashing.made(passwords.kept(password))
    account.session_key = new_session_key()
    if account.id is not None:
        one_time.forget(session, [account.id])


def by_login(session: Session, login: str) -> Account | None:
    return session.scalar(select(Account).where(Account.username == login.strip().lower()))


def create_operator(session: Session, login: str, name: str, email: str, password: str) -> Account:
    """The first operator of an installation (Flask-AppBuilder's Admin). Raises Refused."""
    login = login.strip().lower()
    with acting(session, SYSTEM):
        if problem := passwords.problem(password, login, (name, email.partition("@")[0])):
            raise Refused({"password": [problem]})
        if taken := logins.problem(session, login):
            raise Refused({"login": [taken]})
        last, _, first = name.partition(" ")
        account = Account(
            username=login, last_name=last, first_name=first or "—", email=email.strip() or None, active=True
        )
        # Whoever creates it at the server holds it: nobody has to hand it over.
        account.must_change_password, account.handed_over_on = True, SYSTEM.today
        set_password(session, account, password)
        role = session.scalar(select(Role).where(Role.name == OPERATOR_ROLE))
        if role is None:
            raise Refused({"": ["Сначала выполните flask roles sync: роли оператора ещё нет."]})
        account.roles = [role]
        return records.save(session, account)


def reset_operator(session: Session, login: str, password: str) -> Account:
    """A one-time password for an operator who forgot his: without a card he has no slip, and nobody above him.

    Every session of his ends, the lock is lifted. Raises Refused.
    """
    with acting(session, SYSTEM):
        account = by_login(session, login)
        if account is None or OPERATOR_ROLE not in {role.name for role in account.roles}:
            raise Refused({"login": ["Такого оператора нет. Остальным новый талон даёт тот, кто ведёт их записи."]})
        if problem := passwords.problem(password, account.username, (account.last_name, account.first_name)):
            raise Refused({"password": [problem]})
        with transaction(session):
            set_password(session, account, password)
            account.must_change_password = True
            account.failed_logins, account.locked_until = 0, None
            account.reset_at, account.reset_by = utc_now(), SYSTEM.name
        return account


def save(session: Session, account: Account, data: dict[str, Any]) -> Account:
    """Create or change an account. A new one is opened by nothing until its slip is printed (slips.py): no secret is
    typed here. Closing ends every session of it.

    Raises Refused, and Changed where somebody else has saved it since it was read."""
    _check_account(session, account, data)
    _raise_version(session, account)
    data["username"] = (data.get("username") or account.username or "").strip().lower()
    with session.no_autoflush:
        for name, value in data.items():
            setattr(account, name, value)
        if account.id is None and account.school_id is None and data.get("school") is None:
            account.school_id = person_of(session).default_school_id
        if account.is_closed(person_of(session).today):
            account.active = False
        if account.id is None:
            account.must_change_password = True
        if not account.active:
            account.session_key = new_session_key()
    with transaction(session):
        records.stage(session, account)
        with system_step(session, "end or begin what was handed over with the account"):
            handing_over.closed_or_opened(session, account, person_of(session).today)
        records.confirm(session, account)
    return account


def unlock(session: Session, account: Account) -> None:
    """Lift the lock that failures brought, and forget them (УПД.6). Raises Conflict where there is none, Denied."""
    if not account.is_locked:
        raise Conflict("Вход уже открыт: время запрета вышло.")
    with transaction(session):
        account.failed_logins, account.locked_until = 0, None


def _raise_version(session: Session, account: Account) -> None:
    """Of two who save at once the second one fails here: the first one's row is locked until it is saved."""
    if account.id is None:
        return
    known = (Account.id == account.id, Account.version == account.version)
    raising = update(Account).where(*known).values(version=Account.version + 1)
    with system_step(session, "raise the version of an account"):
        raised = rows_hit(session, raising)
    if raised != 1:
        raise Changed


def _check_account(session: Session, account: Account, data: dict[str, Any]) -> None:
    errors: dict[str, list[str]] = {}
    login = (data.get("username") or account.username or "").strip().lower()
    if account.id is None and (problem := logins.problem(session, login)):
        errors["username"] = [problem]
    shut = data.get("closed_on") or not data.get("active", account.active)
    if shut and account.id is not None and account.id == person_of(session).account_id:
        errors["closed_on"] = ["Свою учётную запись не закрывают и не отключают: это делает другой администратор."]
    elif shut and account.id is not None and (words := _leaves_nobody(session, account, data)):
        errors["closed_on"] = [words]
    if data.get("closed_on") and not data.get("closed_reason"):
        errors["closed_reason"] = ["Укажите причину закрытия."]
    if errors:
        raise Refused(errors)


def _leaves_nobody(session: Session, account: Account, data: dict[str, Any]) -> str:
    is_active = bool(data.get("active", account.active))
    words = succession.shut(session, account, data.get("closed_on"), is_active)
    return f"{words} Если дело в пароле, напечатайте новый талон." if words else ""


def refuse_deletion(account: Account) -> None:
    """A login is never used again, so its account is closed and kept, never deleted (ИАФ.3)."""
    raise Conflict(never_deleted(account))


def never_deleted(account: Account) -> str:
    return f"Учётная запись «{account.username}» не удаляется: закройте её и укажите причину."
