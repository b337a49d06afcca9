"""Accounts have a version: of two who change one, the second is told.

Revision ID: 20261126_20
Revises: 20261126_05
Create Date: 2026-11-26 11:35:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_20"
down_revision = "20261126_05"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("ab_user", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade():
    op.drop_column("ab_user", "version")
