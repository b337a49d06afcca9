"""The second factor of accounts: what the owner's phone counts codes from, and the codes for when it is lost.

Housekeeping: no right guards it, nobody sees it. What is told of it stands in the trail.
"""

from flask_appbuilder import Model
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from app.models.base import Instant

second_factor = Table(
    "second_factor",
    Model.metadata,
    Column("account_id", ForeignKey("ab_user.id"), primary_key=True),
    # Sealed under a key outside the database: who reads the table can count no code.
    Column("secret", String(300), nullable=False),
    # The window of time whose code was taken last: none of it or before it is taken again.
    Column("used_step", BigInteger, nullable=False),
    Column("begun_at", Instant, nullable=False),
)

recovery_code = Table(
    "recovery_code",
    Model.metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("ab_user.id"), nullable=False, index=True),
    # HMAC-SHA-256 under a key outside the database. A code that was used has no row any more.
    Column("mac", String(64), nullable=False),
)
