"""where an account is signed in, for its owner to see and to end

Revision ID: 20261129_30
Revises: 20261129_20
Create Date: 2026-11-28 00:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261129_30"
down_revision = "20261129_20"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "open_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=True),
        sa.Column("agent", sa.String(length=300), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["ab_user.id"], name=op.f("fk_open_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_session")),
        sa.UniqueConstraint("mark", name=op.f("uq_open_session_mark")),
    )
    op.create_index("ix_open_session_account_id", "open_session", ["account_id"])
    op.create_index("ix_open_session_until", "open_session", ["until"])


def downgrade():
    op.drop_table("open_session")
