"""The worker of jobs: takes one, runs it as its owner with the rights of that moment, writes how it ended.

Several may work on one database. A job is taken by an UPDATE on its version, so one of them gets it; each later
writing names that version, so a worker that was believed dead, or whose job was cancelled, changes nothing more.
"""

import logging
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import monotonic
from typing import Any, BinaryIO

from flask import Flask
from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.clock import today, utc_now
from app.extensions import db
from app.models.accounts import Account
from app.models.engine.jobs import Job, JobState
from app.security.access import actor_for
from app.security.actor import SYSTEM, Actor
from app.security.guard import Denied, acting
from app.services.engine import job_files, jobs
from app.services.engine.errors import Refused
from app.services.engine.transaction import rows_hit, transaction

log = logging.getLogger(__name__)

SILENT = timedelta(seconds=60)
"""A running job that gave no sign for so long has lost its worker."""
BEAT_SECONDS = 10
PAUSE_SECONDS = 1
"""How long a worker with nothing to do waits before it looks again."""
SWEEP_SECONDS = 3600
MOST_ATTEMPTS = 3
KEPT = timedelta(weeks=1)
"""How long a finished job and its file are kept."""

WORDS_FULL = "На сервере закончилось место: файл не сохранён. Сообщите оператору и повторите позже."
WORDS_DATABASE = "База данных была недоступна или занята. Повторите позже."
WORDS_BROKEN = "Ошибка панели. Повторите; если не поможет, сообщите оператору номер задания и время."
WORDS_DIED = "Задание прерывалось несколько раз подряд вместе с сервером. Повторите или сообщите оператору."
WORDS_CLOSED = "Учётная запись закрыта."
WORDS_NO_RIGHT = "Права, нужного для этого задания, у вас больше нет."


class Stopped(BaseException):
    """The job goes no further: cancelled, removed, given to another worker, or this one ends.

    No Exception: a job that forgives mistakes must not forgive this.
    """


class Closed(Exception):
    """The owner's account is closed."""


@dataclass(frozen=True)
class Taken:
    """A job as this worker took it."""

    id: int
    version: int
    account_id: int
    kind: str
    parameters: dict[str, Any]
    attempts: int

    @property
    def stored_as(self) -> str:
        return f"{self.id}-{self.version}"


@contextmanager
def _system() -> Iterator[Session]:
    """A session of its own as the system: what the worker writes is not part of the job's transaction."""
    with db.session.session_factory() as session, acting(session, SYSTEM):
        yield session


def take() -> Taken | None:
    """The longest waiting job, or one whose worker died; None when there is nothing to do. Nobody else gets it."""
    with _system() as session:
        lost = and_(Job.state == JobState.RUNNING, Job.heartbeat_at < utc_now() - SILENT)
        wanted = select(Job.id, Job.version, Job.account_id, Job.kind, Job.parameters, Job.attempts)
        free = wanted.where(or_(Job.state == JobState.WAITING, lost)).order_by(Job.id)
        found = [Taken(*row) for row in session.execute(free)]
    # The reading has ended: SQLite refuses an UPDATE that follows an outdated one.
    return next((each for each in map(_claim, found) if each is not None), None)


def _claim(found: Taken) -> Taken | None:
    if found.attempts >= MOST_ATTEMPTS:
        _end(found, JobState.FAILED, WORDS_DIED)
        return None
    now, version, attempts = utc_now(), found.version + 1, found.attempts + 1
    fresh = {"started_at": now, "heartbeat_at": now, "done": 0, "total": 0, "words": ""}
    if not write(found, state=JobState.RUNNING, version=version, attempts=attempts, **fresh):
        return None
    return Taken(found.id, version, found.account_id, found.kind, found.parameters, attempts)


def write(taken: Taken, **values: Any) -> bool:
    """Write to the job as it was taken. False: it is no longer this worker's."""
    with _system() as session, transaction(session):
        statement = update(Job).where(Job.id == taken.id, Job.version == taken.version).values(**values)
        hit = rows_hit(session, statement)
    return bool(hit)


def _end(taken: Taken, state: JobState, words: str, **values: Any) -> bool:
    return write(taken, state=state, words=words[:500], version=taken.version + 1, finished_at=utc_now(), **values)


class Running:
    """`Progress` of a job that this worker runs."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken
        self.file_name = ""
        self.stopping = Event()

    def step(self, done: int, total: int = 0, words: str = "") -> None:
        told = {"done": done, "total": total, "words": words[:500], "heartbeat_at": utc_now()}
        if self.stopping.is_set() or not write(self.taken, **told):
            raise Stopped

    @contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        with job_files.writing(self.taken.stored_as) as file:
            kind = jobs.KINDS.get(self.taken.kind)
            if kind is not None and kind.sealed:
                with job_files.sealed(file) as inner:
                    yield inner
            else:
                yield file
        self.file_name = name


def perform(app: Flask, taken: Taken, stop: Event) -> None:
    """Run a job that was taken, give signs of life meanwhile, and write how it ended."""
    job_files.discard_attempts(taken.id)
    progress = Running(taken)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(_run, app, taken, progress)
        _watch(future, progress, stop)
    _finish(progress, future.exception(), stop)


def _watch(future: "Future[None]", progress: Running, stop: Event) -> None:
    """Until the job is done: a heartbeat now and then, and the word to stop passed on."""
    beaten = monotonic()
    while not wait([future], timeout=PAUSE_SECONDS).done:
        if stop.is_set():
            progress.stopping.set()
        if monotonic() - beaten >= BEAT_SECONDS:
            beaten = monotonic()
            try:
                write(progress.taken, heartbeat_at=utc_now())
            except OperationalError:
                log.warning("No heartbeat of job %s: the database is busy or away", progress.taken.id)


def _run(app: Flask, taken: Taken, progress: Running) -> None:
    """The job itself, in a thread and a context of its own, as its owner."""
    with app.app_context():
        actor, kind = _owner(taken.account_id), jobs.KINDS.get(taken.kind)
        if kind is None:
            raise Refused({"": ["Такого вида заданий больше нет."]})
        if not kind.allowed(actor, taken.parameters):
            raise Denied(WORDS_NO_RIGHT)
        with acting(db.session, actor):
            kind.run(db.session, actor, taken.parameters, progress)


def _owner(account_id: int) -> Actor:
    """Who he is today. Raises Closed."""
    with acting(db.session, SYSTEM):
        account = db.session.get(Account, account_id)
        if account is None or not account.is_active or account.is_closed(today()):
            raise Closed
        return actor_for(db.session, account, today())


def _finish(progress: Running, error: BaseException | None, stop: Event) -> None:
    taken = progress.taken
    if error is None:
        kept = _end(taken, JobState.DONE, "", **_result(progress))
    else:
        kept = False
        _tell(taken, error, stop)
    if not kept:
        job_files.discard(taken.stored_as)


def _result(progress: Running) -> dict[str, Any]:
    if not progress.file_name:
        return {}
    stored_as = progress.taken.stored_as
    size = job_files.path_of(stored_as).stat().st_size
    return {"file_name": progress.file_name[:200], "stored_as": stored_as, "file_size": size}


def _tell(taken: Taken, error: BaseException, stop: Event) -> None:
    if isinstance(error, Stopped):
        if stop.is_set():  # not the job's fault: it begins again with the next worker
            write(taken, state=JobState.WAITING, version=taken.version + 1, attempts=taken.attempts - 1)
    elif isinstance(error, Closed):
        _end(taken, JobState.CANCELLED, WORDS_CLOSED)
    else:
        log.error("Job %s (%s) failed", taken.id, taken.kind, exc_info=error)
        _end(taken, JobState.FAILED, words_of(error))


def words_of(error: BaseException) -> str:
    """What the person is told; never the program's own words."""
    if isinstance(error, (Refused, Denied)):
        return str(error)
    if job_files.is_full(error):
        return WORDS_FULL
    return WORDS_DATABASE if isinstance(error, OperationalError) else WORDS_BROKEN


def work(app: Flask, stop: Event, *, once: bool = False) -> None:
    """Run jobs until told to stop; `once`: until none waits. An unreachable database is waited for."""
    swept = -float(SWEEP_SECONDS)
    while not stop.is_set():
        try:
            if monotonic() - swept >= SWEEP_SECONDS:
                _sweep()
                swept = monotonic()
            taken = take()
            if taken is not None:
                perform(app, taken, stop)
            elif once:
                return
            else:
                stop.wait(PAUSE_SECONDS)
        except OperationalError:
            if once:
                raise
            log.warning("The database is busy or away; trying again")
            stop.wait(PAUSE_SECONDS)


def _sweep() -> None:
    with _system() as session:
        jobs.sweep(session, utc_now() - KEPT)
