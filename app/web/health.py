"""Two questions of whoever watches over the panel; they know nobody and tell nothing of anybody.

`/healthz`: does the process answer (it does), and which schema has the database. `/readyz`: can the panel work.
"""

from typing import Any

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.services.engine import readiness, schema

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Any:
    """200 as long as the process answers: to start it anew mends no database. No schema: the database is away."""
    try:
        version = schema.version_of(db.engine)
    except SQLAlchemyError:
        version = None
    return {"status": "ok", "schema": version}


@blueprint.get("/readyz")
def readyz() -> Any:
    """200, or 503 with what is wrong, in Russian."""
    found = readiness.problems(db.engine)
    return ({"status": "error", "problems": found}, 503) if found else {"status": "ok"}
