"""The health check: 200 and the schema's version when the database answers; tells nothing else."""

from typing import Any

from alembic.runtime.migration import MigrationContext
from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Any:
    try:
        with db.engine.connect() as connection:
            version = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return {"status": "error"}, 503
    return {"status": "ok", "schema": version}
