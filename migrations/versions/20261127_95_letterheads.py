"""Of the region and its municipalities: the name in the genitive, the head who signs, the telephone.

Revision ID: 20261127_95
Revises: 20261127_70
Create Date: 2026-11-27 07:10:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_95"
down_revision = "20261127_70"
branch_labels = None
depends_on = None

COLUMNS = {"name_genitive": 200, "head_post": 300, "head_name": 200, "phone": 25}
TABLES = ("region", "municipality")


def upgrade():
    for table in TABLES:
        for name, length in COLUMNS.items():
            op.add_column(table, sa.Column(name, sa.String(length)))


def downgrade():
    for table in TABLES:
        for name in COLUMNS:
            op.drop_column(table, name)
