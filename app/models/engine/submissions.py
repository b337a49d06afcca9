"""Forms already saved: the same form sent twice makes one record. Housekeeping: no right guards it, nobody sees it."""

from flask_appbuilder import Model
from sqlalchemy import Column, Integer, String, Table

from app.models.base import Instant

submission = Table(
    "submission",
    Model.metadata,
    # SHA-256 of account, table and the form's token: nobody's token is another's.
    Column("key", String(64), primary_key=True),
    # SHA-256 of what was typed: the same form with something else in it is another record.
    Column("digest", String(64), nullable=False),
    Column("record_id", Integer),
    Column("at", Instant, nullable=False, index=True),
)
