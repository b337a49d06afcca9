"""Long work: which kinds there are, asking for it, one's own jobs, cancelling, removing. The worker is in worker.py."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Protocol

from sqlalchemy import or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models.engine.jobs import ACTIVE, Job, JobState
from app.security.actor import Actor
from app.security.guard import person_of, system_step
from app.services.engine import job_files
from app.services.engine.errors import Conflict
from app.services.engine.transaction import rows_hit, transaction

MOST_ACTIVE = 5
"""Jobs of one person that wait or run: nobody fills the queue of all the others."""
SHOWN = 50
"""The latest jobs on a person's page."""

FILE_GONE = "Файл удалён: его время вышло."

Parameters = dict[str, Any]


class Progress(Protocol):
    """What a running job tells, and where its file goes."""

    def step(self, done: int, total: int = 0, words: str = "") -> None:
        """Tell how far it is. Raises Stopped when the job was cancelled or the worker ends: nothing more is done.

        It writes in a transaction of its own, so it is called between the job's own, never inside one that has
        written: SQLite has one writer.
        """

    def file(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open the job's one result, which a person gets under this name: only a finished one is ever seen."""


Run = Callable[[Session, Actor, Parameters, Progress], None]


@dataclass(frozen=True)
class Kind:
    name: str
    run: Run
    allowed: Callable[[Actor, Parameters], bool]
    """Asked when the job begins and again when its file is fetched."""
    page: Callable[[Parameters], str] | None = None
    """The address where its work is looked at, where it has a page of its own."""
    sealed: bool = False
    """Whether its file lies on the disk under the panel's key."""
    kept: timedelta | None = None
    """How long its file may be fetched, where that is shorter than a job is kept."""

    def is_gone(self, finished_at: datetime | None) -> bool:
        """Whether its file may not be fetched any more."""
        return self.kept is not None and finished_at is not None and finished_at + self.kept <= utc_now()


KINDS: dict[str, Kind] = {}


def job(
    name: str,
    allowed: Callable[[Actor, Parameters], bool] = lambda actor, given: True,
    page: Callable[[Parameters], str] | None = None,
    sealed: bool = False,
    kept: timedelta | None = None,
) -> Callable[[Run], Run]:
    """Declare a kind of job: the function runs as the owner, with the rights he has at that moment.

    It may run again from the beginning when a worker died, so what it writes it writes in short transactions that can
    be repeated.
    """

    def declare(run: Run) -> Run:
        if name in KINDS:
            raise ValueError(f"Two kinds of job are called {name}.")
        KINDS[name] = Kind(name, run, allowed, page, sealed, kept)
        return run

    return declare


def ask(session: Session, kind: str, title: str, parameters: Parameters, *, owed: bool = False) -> Job:
    """Put a job into the queue, in the caller's transaction. Who asks twice for the same gets the one that waits.

    Raises Conflict when the person has too many that are not finished; what is `owed` by his act is taken all the same.
    """
    account_id = KINDS[kind] and person_of(session).account_id
    active = session.scalars(select(Job).where(Job.account_id == account_id, Job.state.in_(ACTIVE))).all()
    same = next((each for each in active if (each.kind, each.parameters) == (kind, parameters)), None)
    if same is not None:
        return same
    if len(active) >= MOST_ACTIVE and not owed:
        raise Conflict(f"У вас уже {len(active)} незаконченных заданий. Дождитесь их или отмените лишние.")
    asked = Job(account_id=account_id, kind=kind, title=title[:200], parameters=parameters)
    session.add(asked)
    session.flush()
    return asked


def start(session: Session, kind: str, title: str, parameters: Parameters) -> Job:
    """Ask for a job and commit: the request wants nothing else."""
    with transaction(session):
        return ask(session, kind, title, parameters)


def own(session: Session) -> list[Job]:
    """The actor's jobs, the latest first."""
    mine = select(Job).where(Job.account_id == person_of(session).account_id)
    return list(session.scalars(mine.order_by(Job.id.desc()).limit(SHOWN)))


def one(session: Session, key: int) -> Job | None:
    """One's own job; another's is none."""
    return session.scalar(select(Job).where(Job.id == key, Job.account_id == person_of(session).account_id))


MAY_HAVE = "jobs"
"""In the person's web session: whether it is worth asking for unfinished and unseen jobs."""


def unseen(session: Session) -> list[tuple[int, str, JobState]]:
    """(number, title, state) of the actor's jobs that are not finished or whose end he has not seen."""
    told = select(Job.id, Job.title, Job.state).where(Job.account_id == person_of(session).account_id)
    wanted = told.where(or_(Job.state.in_(ACTIVE), Job.seen_at.is_(None))).order_by(Job.id)
    return [(key, title, state) for key, title, state in session.execute(wanted)]


def see(session: Session, keys: list[int]) -> None:
    """The owner has seen how these ended. Commits. A database that takes no writing now is told at the next look."""
    if keys:
        ended = Job.id.in_(keys), Job.state.not_in(ACTIVE), Job.seen_at.is_(None)
        with suppress(OperationalError):
            _change(session, *ended, seen_at=utc_now())


def cancel(session: Session, key: int) -> bool:
    """Stop a job that waits or runs: a running one ends at its next step. False: it was finished already."""
    now = utc_now()
    ended: dict[str, Any] = {"finished_at": now, "seen_at": now, "words": "Отменено вами."}
    waiting = Job.id == key, Job.state.in_(ACTIVE)
    return _change(session, *waiting, state=JobState.CANCELLED, version=Job.version + 1, **ended)


def remove(session: Session, key: int) -> bool:
    """Take a finished job away with its file. False: it is not finished."""
    found = one(session, key)
    if found is None or found.is_active:
        return False
    stored_as = found.stored_as
    with transaction(session):
        session.delete(found)
    job_files.discard(stored_as)
    return True


def sweep(session: Session, before: datetime) -> None:
    """As the system: finished jobs of long ago go with their files, and files that no job knows. Commits."""
    old = session.scalars(select(Job).where(Job.finished_at < before, Job.state.not_in(ACTIVE))).all()
    gone = [each.stored_as for each in old]
    with transaction(session):
        for each in old:
            session.delete(each)
    for stored_as in gone:
        job_files.discard(stored_as)
    _sweep_short_lived(session)
    job_files.sweep(set(session.scalars(select(Job.stored_as).where(Job.stored_as != ""))))


def _sweep_short_lived(session: Session) -> None:
    """Files that may not be fetched any more go before their jobs do."""
    short = [kind.name for kind in KINDS.values() if kind.kept is not None]
    found = session.scalars(select(Job).where(Job.kind.in_(short), Job.stored_as != "")).all()
    gone = {each.stored_as: each for each in found if KINDS[each.kind].is_gone(each.finished_at)}
    with transaction(session):
        for each in gone.values():
            each.stored_as, each.words = "", FILE_GONE
    for stored_as in gone:
        job_files.discard(stored_as)


def _change(session: Session, *where: Any, **values: Any) -> bool:
    """Change the actor's own jobs by condition: a worker that ends them at the same moment is not overwritten."""
    mine = Job.account_id == person_of(session).account_id
    with transaction(session), system_step(session, "change one's own jobs"):
        statement = update(Job).where(mine, *where).values(**values)
        changed = rows_hit(session, statement)
    return bool(changed)
