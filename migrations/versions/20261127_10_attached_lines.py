"""attached lines: an order entered late finds the classes as it says, and changes nothing

Revision ID: 20261127_10
Revises: 20261127_20
Create Date: 2026-11-27 10:10:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_10"
down_revision = "20261127_20"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("movement_line") as table:
        table.add_column(sa.Column("attached", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("movement_line") as table:
        table.alter_column("attached", server_default=None, existing_type=sa.Boolean(), existing_nullable=False)


def downgrade():
    with op.batch_alter_table("movement_line") as table:
        table.drop_column("attached")
