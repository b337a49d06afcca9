"""one-time secrets of accounts

Revision ID: 20261130_10
Revises: 20261129_40
Create Date: 2026-11-28 01:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_10"
down_revision = "20261129_40"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "one_time_secret",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ab_user.id"], name=op.f("fk_one_time_secret_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_one_time_secret")),
    )


def downgrade():
    op.drop_table("one_time_secret")
