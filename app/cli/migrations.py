"""`flask db`: Flask-Migrate's commands; a database that does not answer is one clear line and no traceback."""

from typing import Any

import click
from flask_migrate.cli import db as framework
from sqlalchemy.exc import DBAPIError

from app.cli.common import fail_unanswered


class Migrations(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DBAPIError as error:
            # With a statement it is the migration that failed: the traceback tells where.
            if error.statement is not None:
                raise
            fail_unanswered(error)


migrations_cli = Migrations(
    "db",
    params=framework.params,
    callback=framework.callback,
    commands=framework.commands,
    help="Схема базы данных (Flask-Migrate).",
)
