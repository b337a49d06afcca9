"""Refused attempts to sign in are counted in the database: by all processes together.

Revision ID: 20261126_72
Revises: 20261126_75
Create Date: 2026-11-26 19:15:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_72"
down_revision = "20261126_75"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "refused_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_sign_in")),
    )
    op.create_index("ix_refused_sign_in_at", "refused_sign_in", ["at"])
    op.create_index("ix_refused_sign_in_address", "refused_sign_in", ["address", "at"])


def downgrade():
    op.drop_table("refused_sign_in")
