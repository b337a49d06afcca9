"""whether a parent or guardian lives with the child; of those that stand it is not known

Revision ID: 20261128_10
Revises: 20261127_99
Create Date: 2026-11-27 07:30:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261128_10"
down_revision = "20261127_99"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("guardianship") as table:
        table.add_column(sa.Column("lives_with", sa.Boolean(), nullable=True))


def downgrade():
    with op.batch_alter_table("guardianship") as table:
        table.drop_column("lives_with")
