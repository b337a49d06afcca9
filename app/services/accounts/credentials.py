"""What proves that somebody is the owner of an account: its password, or the words of its slip."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.models.accounts import Account
from app.security import hashing
from app.services.accounts import one_time, passwords
from app.services.engine.transaction import rows_hit


def prove(session: Session, account: Account | None, typed: str) -> bool:
    """However it was typed or pasted; in the same time whoever it is and whatever the account has."""
    stored = account.password if account is not None else None
    by_password = [hashing.opens_evenly(way, stored) for way in passwords.typed_ways(typed)]
    by_slip = one_time.opens(session, typed, account.id if account is not None else None)
    return any(by_password) or by_slip


def renew_hash(session: Session, account: Account, typed: str) -> None:
    """A hash of former days is made anew when its password is at hand. Nothing has changed for anybody: no trail."""
    stored = account.password
    if not stored or not hashing.is_outdated(stored):
        return
    if any(hashing.opens(way, stored) for way in passwords.typed_ways(typed)):
        fresh = hashing.made(passwords.kept(typed))
        rows_hit(session, update(Account).where(Account.id == account.id).values(password=fresh))
