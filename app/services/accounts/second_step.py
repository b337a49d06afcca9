"""The step after the password: the second factor at the door, and what its owner and others do with it (УПД.6).

Wrong codes are failures of signing in: they lock the account as wrong passwords do.
"""

import hashlib
import hmac

from sqlalchemy.orm import Session

from app.models.accounts import Account
from app.models.engine.audit import AuditAction
from app.security.actor import Actor
from app.security.guard import acting, person_of, system_step
from app.security.manager import new_session_key
from app.services.accounts import accounts, devices, lockout, refusals, second_factor
from app.services.engine import audit
from app.services.engine.errors import Conflict, Refused
from app.services.engine.transaction import transaction

WRONG = "Код неверный или уже использован, либо вход временно закрыт. Дождитесь следующего кода."
WRONG_AT_FIRST = "Код не подошёл. Проверьте, что время на телефоне верное, и введите код, который он показывает сейчас."
STALE = "Страница устарела. Отсканируйте новый код и удалите из приложения прежний."
NEEDED = "Ваша роль входит только со вторым фактором: отключить его нельзя."
OWN = (
    "Свой второй фактор отключают в «Моей учётной записи», а если телефон потерян, его сбрасывает другой администратор."
)


def key_of(account: Account) -> str:
    """What a password that was right is good for, until the account's key changes."""
    return hashlib.sha256(account.session_key.encode()).hexdigest()


def authenticate(
    session: Session, account_id: int, key: str, typed: str, address: str | None, device: str | None = None
) -> Account | None:
    """The account whose password was right a moment ago (`key`: key_of it then), or None. Raises TooOften."""
    stranger = Actor(name="—", is_system=True, address=address)
    refusals.require_few(session, address)
    with acting(session, stranger), transaction(session):
        account = session.get_one(Account, account_id)
        known = devices.name_of(account, device)
        by = second_factor.accepts(session, account, typed)
        is_same = hmac.compare_digest(key, key_of(account))
        if by and is_same and lockout.may_sign_in(account, devices.is_trusted(session, known)):
            lockout.succeed(session, account, address)
            _note(session, account, f"вход, {by}", Actor(account.full_name, account.id, address=address))
            return account
        lockout.fail(session, account, stranger)
        if known:
            refusals.count_of_device(session, known)
    return None


def enrol(session: Session, account: Account, offer: str, typed: str, password: str) -> list[str]:
    """The recovery codes of the second factor that begins now; every other session ends. Raises Refused, TooOften."""
    refusals.require_few(session, person_of(session).address)
    secret = second_factor.taken_up(account, offer)
    if secret is None:
        raise Refused({"": [STALE]})
    if second_factor.is_on(session, account):
        raise Conflict("Второй фактор уже включён.")
    step = second_factor.step_of(secret, typed)
    if step is None:
        raise Refused({"code": [WRONG_AT_FIRST]})
    if not accounts.knows_password(session, account, password):
        raise Refused({"password": ["Пароль введён неверно, либо попытки временно закрыты."]})
    with transaction(session), system_step(session, "begin the own second factor"):
        account.session_key = new_session_key()
        _note(session, account, "включён")
        return second_factor.begin(session, account, secret, step)


def renew_codes(session: Session, account: Account, typed: str) -> list[str]:
    """Raises Refused and TooOften."""
    _require_code(session, account, typed)
    with transaction(session):
        _note(session, account, "коды восстановления выданы заново")
        return second_factor.renew_codes(session, account)


def leave(session: Session, account: Account, typed: str) -> None:
    """Raises Refused and TooOften."""
    if second_factor.is_required(session, account):
        raise Refused({"": [NEEDED]})
    _require_code(session, account, typed)
    with transaction(session):
        _note(session, account, "отключён владельцем")
        second_factor.remove(session, account)


def reset(session: Session, account: Account) -> None:
    """Of somebody who has lost the phone, by whoever manages the account: its sessions end. Raises Conflict."""
    if account.id == person_of(session).account_id:
        raise Conflict(OWN)
    if not second_factor.is_on(session, account):
        raise Conflict(f"У учётной записи «{account.username}» второго фактора нет.")
    with transaction(session):
        account.session_key = new_session_key()
        session.flush()
        second_factor.remove(session, account)
        _note(session, account, "сброшен")


def _require_code(session: Session, account: Account, typed: str) -> None:
    """An open session is no way round the lock."""
    refusals.require_few(session, person_of(session).address)
    with transaction(session), system_step(session, "take or count a code"):
        if second_factor.accepts(session, account, typed) and not account.is_locked:
            account.failed_logins = 0
            return
        lockout.fail(session, account, person_of(session))
    raise Refused({"code": [WRONG]})


def _note(session: Session, account: Account, what: str, actor: Actor | None = None) -> None:
    words = f"{account.username}: второй фактор: {what}"
    audit.record(session, AuditAction.SECOND_FACTOR, words, obj=account, actor=actor)
