"""Sessions. The cookie itself holds one; kept here is its end, and where it was begun, for its owner to see.

Housekeeping: no right guards it. Who has ended a session, or signed out, has ended every copy of its cookie.
"""

from flask_appbuilder import Model
from sqlalchemy import Column, ForeignKey, Integer, String, Table

from app.models.base import Instant

ended_session = Table(
    "ended_session",
    Model.metadata,
    # SHA-256 of the session's mark: who reads the table can make no cookie of it.
    Column("mark", String(64), primary_key=True),
    # When the session would have ended by itself: from then on its row is needed no more.
    Column("until", Instant, nullable=False, index=True),
)

open_session = Table(
    "open_session",
    Model.metadata,
    Column("id", Integer, primary_key=True),
    Column("mark", String(64), nullable=False, unique=True),
    Column("account_id", Integer, ForeignKey("ab_user.id"), nullable=False, index=True),
    # SHA-256 of the account's session key: when that is another one, the session has ended with all the others.
    Column("key", String(64), nullable=False),
    Column("address", String(60)),
    Column("agent", String(300), nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("until", Instant, nullable=False, index=True),
)
"""Where an account is signed in. No session is let in or kept out by it: without its row one goes on, unlisted."""
