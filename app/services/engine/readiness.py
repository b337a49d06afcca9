"""Whether the panel can work: the schema is its own, the database takes a writing, there is room on the disk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.services.engine import schema
from app.services.engine.schema import Schema

LEAST_ROOM = 200 * 1024 * 1024
"""Bytes: below it the next day's work may not fit."""
NO_ANSWER = "База данных не отвечает или занята."
NO_WRITING = "База данных открыта только для чтения."
NO_ROOM = "На диске кончается место: {}."


def problems(engine: Engine) -> list[str]:
    """What keeps the panel from working, in Russian; nothing: it is ready."""
    return [*_of_database(engine), *_of_disk(engine)]


def _of_database(engine: Engine) -> Iterator[str]:
    try:
        state = schema.state_of(schema.version_of(engine), current_app.extensions["migrate"].directory)
        if state is not Schema.HEAD:
            yield state.value
        elif not _takes_a_writing(engine):
            yield NO_WRITING
    except SQLAlchemyError as error:
        yield NO_WRITING if "readonly" in str(error) else NO_ANSWER


def _takes_a_writing(engine: Engine) -> bool:
    """Nothing is written: on SQLite the one writer's place is taken and left."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return True
        return connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"


def _of_disk(engine: Engine) -> Iterator[str]:
    folders = {Path(current_app.instance_path), Path(current_app.config["SGO_JOBS"])}
    if engine.dialect.name == "sqlite" and engine.url.database:
        folders.add(Path(engine.url.database).parent)
    for folder in sorted(folders):
        if folder.is_dir() and shutil.disk_usage(folder).free < LEAST_ROOM:
            yield NO_ROOM.format(folder.name)
