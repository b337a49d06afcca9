"""What commands of the panel share: the session as the system, one clear line for what cannot be answered, JSON."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app.cli.failing import fail
from app.extensions import db
from app.security.actor import SYSTEM
from app.security.guard import acting
from app.services.engine import schema
from app.services.engine.schema import Schema
from app.services.monitoring.as_of import WrongDays


def fail_unanswered(error: SQLAlchemyError) -> NoReturn:
    fail(f"база данных не отвечает: {type(error).__name__}. Проверьте DATABASE_URL и сервер базы.")


def require_schema() -> None:
    """A database of another version, or one that does not answer, is told in one line."""
    try:
        version = schema.version_of(db.engine)
    except SQLAlchemyError as error:
        fail_unanswered(error)
    state = schema.state_of(version, current_app.extensions["migrate"].directory)
    if state is not Schema.HEAD:
        fail(state.value)


@contextmanager
def as_system() -> Iterator[Any]:
    """The session as the system; an unknown code, a wrong day or another version of the database is one clear line."""
    require_schema()
    try:
        with acting(db.session, SYSTEM):
            yield db.session
    except (LookupError, WrongDays) as error:
        fail(str(error) if isinstance(error, WrongDays) else str(error.args[0]))


def say_json(found: Any) -> None:
    click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
