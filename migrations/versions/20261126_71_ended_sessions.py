"""Sessions ended by signing out: a copied cookie opens nothing after that.

Revision ID: 20261126_71
Revises: 20261126_80
Create Date: 2026-11-26 18:40:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_71"
down_revision = "20261126_80"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "ended_session",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_ended_session")),
    )
    op.create_index("ix_ended_session_until", "ended_session", ["until"])


def downgrade():
    op.drop_table("ended_session")
