"""Alembic's environment: the same scripts for SQLite and PostgreSQL, Flask-AppBuilder's tables among them."""

import logging
from typing import Any

from alembic import context
from flask import current_app

logging.getLogger("alembic").setLevel(logging.WARNING)
database = current_app.extensions["migrate"].db


def render_item(kind: str, item: Any, autogen: Any) -> Any:
    """A script outlives the code: our own column types are written as what they are in the database."""
    if kind == "type" and type(item).__module__.startswith("app."):
        return f"sa.{item.impl!r}"
    return False


def run() -> None:
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=render_item,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
