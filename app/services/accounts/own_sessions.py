"""Where one's own account is signed in, and ending any of it (УПД.10)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models.accounts import Account
from app.models.engine.audit import AuditAction
from app.models.engine.sessions import ended_session
from app.models.engine.sessions import open_session as table
from app.services.engine import audit
from app.services.engine.errors import Conflict
from app.services.engine.transaction import transaction

SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is known when a session was used last: each noting is a writing."""


@dataclass(frozen=True)
class OwnSession:
    number: int
    is_this: bool
    address: str
    agent: str
    begun_at: datetime
    seen_at: datetime


def begin(session: Session, account: Account, mark: str, until: datetime, address: str | None, agent: str) -> None:
    """Note a session that has just begun; what is over goes."""
    now = utc_now()
    row = {"mark": mark, "account_id": account.id, "key": _key(account), "until": until}
    with transaction(session):
        session.execute(delete(table).where(table.c.until < now))
        whence = {"address": (address or "")[:60], "agent": agent[:300]}
        session.execute(insert(table).values(**row, **whence, begun_at=now, seen_at=now))


def note_seen(session: Session, mark: str, seen_at: datetime | None) -> None:
    """`seen_at`: what was noted last; None for a session that is not listed."""
    if seen_at is None or utc_now() - seen_at < SEEN_EVERY:
        return
    with transaction(session):
        session.execute(update(table).where(table.c.mark == mark).values(seen_at=utc_now()))


def of(session: Session, account: Account, mark: str) -> list[OwnSession]:
    """This one first, then those used last."""
    rows = session.execute(select(table).where(*_open(account)).order_by(table.c.seen_at.desc(), table.c.id))
    found = [
        OwnSession(row.id, row.mark == mark, row.address or "", row.agent, row.begun_at, row.seen_at) for row in rows
    ]
    return sorted(found, key=lambda each: not each.is_this)


def end(session: Session, account: Account, number: int) -> bool:
    """End one of one's own; False where it is over already, or nobody's of one's own."""
    its_own = table.c.id == number, *_open(account)
    row = session.execute(select(table.c.mark, table.c.until, table.c.address).where(*its_own)).one_or_none()
    if row is None:
        return False
    try:
        with transaction(session):
            forget(session, row.mark)
            session.execute(insert(ended_session).values(mark=row.mark, until=row.until))
            audit.record(session, AuditAction.LOGOUT, f"{account.username}: сеанс с адреса {row.address}", obj=account)
    except Conflict:  # it has just been ended from elsewhere
        return False
    return True


def go_on(session: Session, account: Account, mark: str) -> None:
    """The account has a new key: this session goes on with it, the others are over."""
    with transaction(session):
        session.execute(delete(table).where(table.c.account_id == account.id, table.c.mark != mark))
        session.execute(update(table).where(table.c.mark == mark).values(key=_key(account)))


def forget(session: Session, mark: str) -> None:
    """In the caller's transaction."""
    session.execute(delete(table).where(table.c.mark == mark))


def _open(account: Account) -> Sequence[Any]:
    return table.c.account_id == account.id, table.c.key == _key(account), table.c.until > utc_now()


def _key(account: Account) -> str:
    return hashlib.sha256(account.session_key.encode()).hexdigest()
