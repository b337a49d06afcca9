"""The second factor (TOTP, RFC 6238): the owner's phone counts a code from a secret and the time (ИАФ.1).

Codes for when the phone is lost are shown once and each is good once.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from cryptography.fernet import InvalidToken
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models.accounts import Account
from app.models.accounts.second_factor_roles import SecondFactorRole
from app.models.engine.second_factor import recovery_code as codes
from app.models.engine.second_factor import second_factor as table
from app.security.access import actor_for
from app.security.actor import SYSTEM
from app.security.guard import system_step
from app.services.engine import sealing
from app.services.engine.transaction import rows_hit

ISSUER = "СГО"
"""What the owner's phone calls the panel: short, since the picture holds it twice."""
PURPOSE, CODE_PURPOSE, OFFER = "second factor", "recovery code", "second factor that is offered"
OFFERED_FOR = 60 * 60
"""Seconds from the page that offers a secret to its first code."""
WINDOWS = 1
"""So many windows of half a minute a phone's clock may be slow or fast."""
RECOVERY_CODES, SIGNS = 10, 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""None is taken for another; ten of them are 49 random bits."""


@dataclass(frozen=True)
class State:
    begun_at: datetime
    codes_left: int


def state_of(session: Session, account: Account) -> State | None:
    """None: the account has no second factor."""
    left = select(func.count()).where(codes.c.account_id == account.id).scalar_subquery()
    row = session.execute(select(table.c.begun_at, left).where(table.c.account_id == account.id)).one_or_none()
    return None if row is None else State(*row)


def is_on(session: Session, account: Account) -> bool:
    return state_of(session, account) is not None


def is_required(session: Session, account: Account) -> bool:
    """By a role that it holds today."""
    with system_step(session, "read which roles need a second factor"):
        asked = session.scalars(select(SecondFactorRole.role).where(SecondFactorRole.valid_from <= SYSTEM.today)).all()
        return bool(asked) and not set(asked).isdisjoint(actor_for(session, account, SYSTEM.today).roles)


def is_owed(session: Session, account: Account) -> bool:
    return is_required(session, account) and not is_on(session, account)


def new_secret() -> str:
    return pyotp.random_base32()


def address_of(account: Account, secret: str) -> str:
    """What a QR code tells the owner's phone."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER)


def offered(account: Account, secret: str) -> str:
    """A secret as the page carries it until its first code: nobody else's page can bring another."""
    return sealing.box(OFFER).encrypt(f"{account.id}:{secret}".encode()).decode("ascii")


def taken_up(account: Account, offer: str) -> str | None:
    """The secret of that page; None where it is another's, forged or too old."""
    try:
        whose, _, secret = sealing.box(OFFER).decrypt(offer.encode(), ttl=OFFERED_FOR).decode().partition(":")
    except InvalidToken:
        return None
    return secret if whose == str(account.id) else None


def step_of(secret: str, typed: str) -> int | None:
    """The window of time that this is the code of, within reach of now."""
    totp = pyotp.TOTP(secret)
    now, digits = totp.timecode(utc_now()), "".join(filter(str.isdecimal, typed))
    near = range(now - WINDOWS, now + WINDOWS + 1)
    fits = [step for step in near if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode())]
    return max(fits, default=None)


def begin(session: Session, account: Account, secret: str, step: int) -> list[str]:
    """Recovery codes. In the caller's transaction; the code that has shown the phone to be right is not taken again."""
    remove(session, account)
    sealed = sealing.box(PURPOSE).encrypt(secret.encode()).decode("ascii")
    session.execute(insert(table).values(account_id=account.id, secret=sealed, used_step=step, begun_at=utc_now()))
    return renew_codes(session, account)


def renew_codes(session: Session, account: Account) -> list[str]:
    """In the caller's transaction: the codes of before are good no more."""
    session.execute(delete(codes).where(codes.c.account_id == account.id))
    made = ["".join(secrets.choice(ALPHABET) for _ in range(SIGNS)) for _ in range(RECOVERY_CODES)]
    session.execute(insert(codes), [{"account_id": account.id, "mac": _mac(account, code)} for code in made])
    return [f"{code[: SIGNS // 2]}-{code[SIGNS // 2 :]}" for code in made]


def remove(session: Session, account: Account) -> bool:
    """In the caller's transaction. Whether there was one."""
    session.execute(delete(codes).where(codes.c.account_id == account.id))
    return rows_hit(session, delete(table).where(table.c.account_id == account.id)) == 1


def accepts(session: Session, account: Account, typed: str) -> str | None:
    """In the caller's transaction: by what this is let in, «код» or «код восстановления»; it never is again."""
    secret = _secret(session, account)
    step = step_of(secret, typed) if secret is not None else None
    if step is not None and _take_step(session, account, step):
        return "код"
    return "код восстановления" if _take_code(session, account, typed) else None


def _secret(session: Session, account: Account) -> str | None:
    """None also where the panel has another key since: then only a recovery by others helps."""
    sealed = session.scalar(select(table.c.secret).where(table.c.account_id == account.id))
    try:
        return sealing.box(PURPOSE).decrypt((sealed or "").encode()).decode()
    except InvalidToken:
        return None


def _take_step(session: Session, account: Account, step: int) -> bool:
    """Of two that bring one code at the same moment, one."""
    free = table.c.account_id == account.id, table.c.used_step < step
    return rows_hit(session, update(table).where(*free).values(used_step=step)) == 1


def _take_code(session: Session, account: Account, typed: str) -> bool:
    its_own = codes.c.account_id == account.id, codes.c.mac == _mac(account, typed)
    return rows_hit(session, delete(codes).where(*its_own)) == 1


def _mac(account: Account, code: str) -> str:
    signs = "".join(filter(str.isalnum, code.casefold()))
    return sealing.mac(CODE_PURPOSE, f"{account.id}:{signs}")
