"""Whether the database has the schema that this version of the panel works with."""

from enum import Enum
from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine


class Schema(Enum):
    """What is said of it, where it is not the one."""

    HEAD = ""
    EMPTY = "База данных пуста: выполните flask db upgrade, затем flask roles sync."
    OLDER = "База данных старше панели: выполните flask db upgrade, затем flask roles sync."
    UNKNOWN = "База данных этой версии панели неизвестна: её обновила более новая панель. Обновите программу."


def version_of(engine: Engine) -> str | None:
    """The revision that the database is at; None: no migration has run there. Raises SQLAlchemyError."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def state_of(version: str | None, scripts: str) -> Schema:
    """What a revision is to the scripts of this folder."""
    if version is None:
        return Schema.EMPTY
    if version == _scripts(scripts).get_current_head():
        return Schema.HEAD
    try:
        known = _scripts(scripts).get_revision(version)
    except CommandError:
        known = None
    return Schema.UNKNOWN if known is None else Schema.OLDER


@cache
def _scripts(folder: str) -> ScriptDirectory:
    """The migrations, read once."""
    return ScriptDirectory(folder)
