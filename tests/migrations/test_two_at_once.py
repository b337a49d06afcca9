"""Two `flask db upgrade` at once: one waits for the other."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
from flask_migrate import upgrade

TURN = 0x5347_4F


@contextmanager
def somebody_migrates(site: Any) -> Iterator[None]:
    if site.database.url.startswith("sqlite"):
        with Path(f"{site.database.file}.migrating").open("w") as mark:
            fcntl.flock(mark, fcntl.LOCK_EX)
            yield
        return
    with psycopg.connect(site.database.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [TURN])
        yield


def test_the_second_waits(site: Any) -> None:
    done: list[float] = []

    def work() -> None:
        with site.app.app_context():
            upgrade()
        done.append(time.monotonic())

    second = Thread(target=work)
    with somebody_migrates(site):
        second.start()
        second.join(1)
        assert second.is_alive()
        let_go = time.monotonic()
    second.join(30)
    assert done
    assert done[0] > let_go
