"""Refused attempts to sign in, by address: all processes count in one place. Housekeeping: nobody sees it."""

from flask_appbuilder import Model
from sqlalchemy import Column, Index, Integer, String, Table

from app.models.base import Instant

refused_sign_in = Table(
    "refused_sign_in",
    Model.metadata,
    # A row an attempt, only ever added: two at the same moment do not wait for each other.
    Column("id", Integer, primary_key=True),
    Column("address", String(60), nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Index("ix_refused_sign_in_address", "address", "at"),
)
