"""Result files of jobs: written under another name and renamed when whole. Served by the page of jobs alone."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from flask import current_app

from app import clock
from app.extensions import db
from app.services.engine import sealing

PART = ".part"
PURPOSE = "files of jobs"
ORPHAN_SECONDS = 24 * 3600
"""After that a file that no job knows is nobody's: its worker died, or its row is gone."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def folder() -> Path:
    """One folder for each database, so that the numbers of jobs of two never meet; nobody else's to read."""
    made = Path(current_app.config["SGO_JOBS"]) / Path(db.engine.url.database or "memory").name
    made.mkdir(mode=0o700, parents=True, exist_ok=True)
    return made


def path_of(stored_as: str) -> Path:
    return folder() / stored_as


@contextmanager
def writing(stored_as: str) -> Iterator[BinaryIO]:
    """A file that stands under its name only when all of it is on the disk; after any error there is nothing."""
    part = path_of(stored_as + PART)
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path_of(stored_as))
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def sealed(file: BinaryIO) -> Iterator[BinaryIO]:
    """What is written goes into the file when all of it is there, under the panel's key: for what nobody else may read,
    whoever has the disk."""
    inner = BytesIO()
    yield inner
    file.write(sealing.box(PURPOSE).encrypt(inner.getvalue()))


def opened(stored_as: str) -> BinaryIO:
    """A sealed file as it was written. Raises OSError, and InvalidToken where the key is another by now."""
    return BytesIO(sealing.box(PURPOSE).decrypt(path_of(stored_as).read_bytes()))


def discard(stored_as: str) -> None:
    if stored_as:
        path_of(stored_as).unlink(missing_ok=True)


def discard_attempts(key: int) -> None:
    """What earlier attempts of a job left when their worker was killed."""
    for left in folder().glob(f"{key}-*"):
        left.unlink(missing_ok=True)


def sweep(known: set[str]) -> None:
    """Take away the old files that no job knows."""
    before = clock.file_time() - ORPHAN_SECONDS
    for path in folder().iterdir():
        if path.name not in known and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def is_full(error: BaseException) -> bool:
    """Whether the disk, the quota or the limit of a file's size is used up."""
    return isinstance(error, OSError) and error.errno in FULL
