"""One-time secrets of accounts, until their owners choose a password: never the secret, only what recognises it.

Housekeeping: no right guards it, nobody sees it.
"""

from flask_appbuilder import Model
from sqlalchemy import Column, ForeignKey, String, Table

from app.models.base import Instant

one_time_secret = Table(
    "one_time_secret",
    Model.metadata,
    Column("account_id", ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True),
    # HMAC-SHA-256 under a key outside the database: who reads the table can try no words on it.
    Column("mac", String(64), nullable=False),
    # From then on it opens nothing.
    Column("until", Instant, nullable=False),
    # What printed it: if a worker dies before the file is whole, the same work makes others in their place.
    Column("batch", String(32)),
)
