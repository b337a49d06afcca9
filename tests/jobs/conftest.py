"""A place for jobs: who asks, real worker processes, what is left on the disk."""

import contextvars
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from app.extensions import db
from app.models.engine.jobs import Job
from app.security.actor import Actor
from app.security.guard import acting
from app.services.engine import jobs, worker
from tests.jobs import kinds  # noqa: F401 - declares the kinds
from tests.support import forked
from tests.support.forked import Forked

LOGIN = "secretary.65001"


class Yard:
    """The queue of one site."""

    def __init__(self, site: Any, session: Any, log: Path) -> None:
        self.site, self.session, self.log = site, session, log
        self.folder = Path(site.app.config["SGO_JOBS"])
        self.started: list[Forked] = []

    def ask(self, kind: str = "test-steps", login: str = LOGIN, **given: Any) -> int:
        """The number of a new job of this account."""
        if kind == "test-steps":
            given = {"steps": 3, "log": str(self.log), **given}
        with acting(self.session, Actor(login, account_id=self.site.world.account(login))):
            return jobs.start(self.session, kind, f"Задание {kind}", given).id

    def worker(self, *options: str) -> Forked:
        """A real worker process that runs what waits and ends."""
        self.started.append(forked.start("-m", "tests.jobs.kinds", self.site.database.url, str(self.folder), *options))
        return self.started[-1]

    def work(self) -> None:
        """Run what waits, in this process but apart from the test's session, as a worker's own process does."""
        self.session.rollback()
        contextvars.Context().run(self._work)

    def _work(self) -> None:
        with self.site.app.app_context():
            worker.work(self.site.app, Event(), once=True)

    def work_apart(self, *options: str) -> str:
        """Run a worker process to its end; what it logged."""
        return self.worker(*options).wait().stderr

    def job(self, key: int) -> Job:
        self.session.rollback()
        self.session.expire_all()
        return self.session.get(Job, key)

    def until(self, key: int, ready: Callable[[Job], bool]) -> Job:
        for _ in range(300):
            found = self.job(key)
            if ready(found):
                return found
            time.sleep(0.1)
        raise AssertionError(f"{found.state} {found.done}/{found.total} {found.words}")

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.rglob("*") if path.is_file())

    def runs(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture
def yard(site: Any, session: Any, tmp_path: Path) -> Iterator[Yard]:
    made = Yard(site, session, tmp_path / "runs.log")
    for left in made.files():
        next(made.folder.rglob(left)).unlink()
    yield made
    for process in made.started:
        process.close()
    db.session.rollback()
