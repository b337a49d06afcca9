"""One form, one record: the token of a form is written in the transaction that saves what was typed in it."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models.engine.submissions import submission as table
from app.security.guard import person_of
from app.services.engine.transaction import transaction
from app.services.engine.warnings import NOTHING, Confirmed

KEPT = timedelta(hours=48)
"""Longer than any session: a form that is older cannot be sent again."""
SWEPT = "0"
"""Keys that begin so (one in sixteen) sweep the old rows away."""


@dataclass(frozen=True)
class Submission:
    key: str
    digest: str


class Repeated(Exception):
    """The form was saved before. `record_id` is what it made, None while it is not known."""

    def __init__(self, record_id: int | None, same: bool) -> None:
        super().__init__(record_id)
        self.record_id, self.same = record_id, same


def submission_of(session: Session, entity: str, token: str, typed: Iterable[tuple[str, str]]) -> Submission | None:
    """What this sending is known by; None for a form without a token (a script's)."""
    if not token:
        return None
    return Submission(_hash([person_of(session).account_id, entity, token]), _hash(sorted(typed)))


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()


def once(session: Session, sent: Submission | None, write: Callable[[], Any], confirmed: Confirmed = NOTHING) -> Any:
    """Write and commit what a form asks for, and its token with it. Raises Repeated, and what the writing raises;
    then nothing is saved, the token neither."""
    try:
        with transaction(session, confirmed):
            _claim(session, sent)
            obj = write()
            session.flush()
            _settle(session, sent, obj.id)
    except _Taken as error:
        raise _repeated(session, error.sent) from error
    return obj


def take_turn(session: Session, what: str) -> None:
    """Until the end of the open transaction nobody else has this turn: who comes meanwhile waits here.

    Written first in a transaction, it also lets SQLite's one writer in before anything is read.
    """
    key = _hash(["turn", what])
    session.execute(insert(table).values(key=key, digest=key, at=utc_now()))
    session.execute(delete(table).where(table.c.key == key))


class _Taken(Exception):
    def __init__(self, sent: Submission) -> None:
        super().__init__(sent)
        self.sent = sent


def _claim(session: Session, sent: Submission | None) -> None:
    """Write the token first. Of two sendings at the same time the second waits here for the first."""
    if sent is None:
        return
    try:
        session.execute(insert(table).values(key=sent.key, digest=sent.digest, at=utc_now()))
    except IntegrityError as error:
        raise _Taken(sent) from error


def _repeated(session: Session, sent: Submission) -> Repeated:
    found = session.execute(select(table.c.record_id, table.c.digest).where(table.c.key == sent.key)).one_or_none()
    return Repeated(found and found.record_id, found is None or found.digest == sent.digest)


def _settle(session: Session, sent: Submission | None, record_id: int) -> None:
    """Note which record it became, so that a second sending is led there."""
    if sent is None:
        return
    session.execute(update(table).where(table.c.key == sent.key).values(record_id=record_id))
    if sent.key.startswith(SWEPT):
        session.execute(delete(table).where(table.c.at < utc_now() - KEPT))
