"""Sessions that were ended by signing out: the cookie of one opens nothing, wherever a copy of it is kept.

Housekeeping: no right guards it, nobody sees it. The cookie itself holds the session, so what is kept is its end.
"""

from flask_appbuilder import Model
from sqlalchemy import Column, String, Table

from app.models.base import Instant

ended_session = Table(
    "ended_session",
    Model.metadata,
    # SHA-256 of the session's mark: who reads the table can make no cookie of it.
    Column("mark", String(64), primary_key=True),
    # When the session would have ended by itself: from then on its row is needed no more.
    Column("until", Instant, nullable=False, index=True),
)
