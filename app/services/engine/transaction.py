"""One transaction of a service: all of it or nothing, and what the database forbids in the person's words.

The only place that commits. Services nest: the outermost block commits, an inner one hands its writes to the database.
Whatever is raised in a block, at any depth, takes everything back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.security.entries import Firm
from app.security.states import Closed
from app.services.engine import conflicts
from app.services.engine.errors import Changed, Conflict
from app.services.engine.warnings import NOTHING, Confirmed

OPEN = "open_transactions"
"""In session.info: what the person confirmed, one entry a block, the outermost first."""
FAILED = "failed_transaction"


@contextmanager
def transaction(session: Session, confirmed: Confirmed = NOTHING, *, forbidden: str = "") -> Iterator[None]:
    """Commit at the end of the outermost block. Raises Changed for a stale record, Conflict for a constraint.

    `confirmed`: the warnings that the person answered; an inner block knows those of the outer ones too.
    `forbidden`: what to say in place of the constraint's own words.
    """
    blocks: list[Confirmed] = session.info.setdefault(OPEN, [])
    blocks.append(confirmed)
    try:
        yield
        _finish(session, is_outermost=len(blocks) == 1)
    except BaseException as error:
        session.rollback()
        session.info[FAILED] = True
        told = _told(error, forbidden)
        if told is None:
            raise
        raise told from error
    finally:
        blocks.pop()
        if not blocks:
            session.info.pop(FAILED, None)


class _TakenBack(Exception):
    """The rehearsal is over."""


@contextmanager
def rehearsal(session: Session, confirmed: Confirmed = NOTHING) -> Iterator[None]:
    """The same as a transaction, refusals included, but everything is taken back at the end."""
    try:
        with transaction(session, confirmed):
            yield
            session.flush()
            raise _TakenBack
    except _TakenBack:
        return


@contextmanager
def supposed(session: Session) -> Iterator[None]:
    """What is tried on the records reaches no database and is forgotten. For reading alone: what was not yet committed
    goes too."""
    with session.no_autoflush:
        try:
            yield
        finally:
            session.rollback()


def _finish(session: Session, is_outermost: bool) -> None:
    """A refusal of an inner block that the outer one swallowed has taken back the outer one's writes as well."""
    if session.info.get(FAILED):
        raise RuntimeError("an inner transaction failed and was passed over: nothing is left to commit")
    if is_outermost:
        session.commit()
    else:
        session.flush()


def _told(error: BaseException, forbidden: str) -> Exception | None:
    if isinstance(error, StaleDataError):
        return Changed()
    if isinstance(error, Closed | Firm):
        return Conflict(str(error))
    if isinstance(error, IntegrityError):
        return Conflict(forbidden) if forbidden else conflicts.conflict_of(error)
    return None


def is_open(session: Any) -> bool:
    return bool(session.info.get(OPEN))


def confirmed_in(session: Any) -> Confirmed:
    """What the person has confirmed for the running transaction."""
    return Confirmed(frozenset().union(*(block.keys for block in session.info.get(OPEN, ()))))


def rows_hit(session: Any, statement: Any) -> int:
    """Run a writing by condition; how many rows it met. None of them is loaded, so none is refreshed."""
    result = session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)
