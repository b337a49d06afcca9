"""Kinds of job for the tests, and a worker process that knows them: `python -m tests.jobs.kinds URL FOLDER`."""

import sys
import time
from pathlib import Path
from threading import Event
from typing import Any

from app import create_app
from app.regulation.rights import Action, Resource
from app.services.engine import jobs, worker
from app.services.engine.errors import Conflict

BLOCK = b"0123456789abcdef" * 4096
"""64 KB."""


def _may(actor: Any, given: dict[str, Any]) -> bool:
    return actor.may(Action.EXPORT, Resource.PUPILS)


@jobs.job("test-steps", allowed=_may)
def steps(session: Any, actor: Any, given: dict[str, Any], progress: jobs.Progress) -> None:
    """So many steps of 64 KB, each with a pause; notes that it ran in a file beside."""
    log = Path(given["log"])
    with log.open("a") as file:
        file.write(f"{actor.name}: {actor.today}\n")
    with progress.file("Итоги за май.txt") as file:
        for number in range(given["steps"]):
            progress.step(number, given["steps"], "Считаем")
            file.write(BLOCK)
            file.flush()
            time.sleep(given.get("pause", 0))


@jobs.job("test-broken")
def broken(session: Any, actor: Any, given: dict[str, Any], progress: jobs.Progress) -> None:
    with progress.file("x.txt") as file:
        file.write(BLOCK)
        raise ZeroDivisionError("secret words of the program")


@jobs.job("test-refused")
def refused(session: Any, actor: Any, given: dict[str, Any], progress: jobs.Progress) -> None:
    raise Conflict("Класс уже закрыт.")


if __name__ == "__main__":
    url, folder, *options = sys.argv[1:]
    app = create_app(
        SECRET_KEY="only for tests, and for nothing else", SQLALCHEMY_DATABASE_URI=url, SGO_JOBS=folder, SGO_DEMO=False
    )
    if "--small-files" in options:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (4 * 1024 * 1024, 4 * 1024 * 1024))
    with app.app_context():
        worker.work(app, Event(), once=True)
