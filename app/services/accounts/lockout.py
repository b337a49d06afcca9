"""Failures of signing in lock an account for a while, and are forgotten (УПД.6)."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models.accounts import Account
from app.models.engine.audit import AuditAction
from app.security.actor import SYSTEM, Actor
from app.security.manager import new_session_key
from app.services.accounts import refusals
from app.services.engine import audit

FAILURES_BEFORE_LOCK = 5
LONGEST_LOCK = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
"""So long after a lock the failures before it count no more."""
UNKNOWN_LOGIN = "Неизвестный логин"


def may_sign_in(account: Account, is_known: bool) -> bool:
    is_open = bool(account.active) and not account.is_closed(SYSTEM.today)
    return is_open and (is_known or not account.is_locked)


def succeed(session: Session, account: Account, address: str | None) -> None:
    account.failed_logins, account.locked_until = 0, None
    account.last_login = utc_now().replace(tzinfo=None)
    account.session_key = account.session_key or new_session_key()
    actor = Actor(name=account.full_name, account_id=account.id, address=address)
    audit.record(session, AuditAction.LOGIN, account.username, obj=account, actor=actor)


def fail(session: Session, account: Account | None, stranger: Actor) -> None:
    """Of an unknown login nothing that was typed is kept: people type their password there, or somebody's name."""
    # While it is locked nothing counts: otherwise one attempt a minute would keep the owner out for ever.
    if account is not None and not account.is_locked:
        is_long_ago = account.locked_until is not None and account.locked_until < utc_now() - FORGOTTEN_AFTER
        account.failed_logins = 1 if is_long_ago else account.failed_logins + 1
        if is_long_ago:
            account.locked_until = None
        over = account.failed_logins - FAILURES_BEFORE_LOCK
        if over >= 0:
            account.locked_until = utc_now() + min(timedelta(minutes=2**over), LONGEST_LOCK)
    refusals.count(session, stranger.address)
    known = UNKNOWN_LOGIN if account is None else account.username
    who = stranger if stranger.account_id is not None else replace(stranger, name=known)
    audit.record(session, AuditAction.LOGIN_FAILED, known, obj=account, actor=who)
