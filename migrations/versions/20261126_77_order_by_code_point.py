"""The folded text of searching is compared by code points on PostgreSQL, as SQLite does, whatever the cluster's collation.

PostgreSQL builds the indexes over the column anew. A column that a trigger names keeps its type: the trigger of shared
names steps aside for the moment.

Revision ID: 20261126_77
Revises: 20261126_95
Create Date: 2026-11-26 20:30:00

"""

import sqlalchemy as sa
from alembic import op

from migrations.shared import hold_directory, release_directory

revision = "20261126_77"
down_revision = "20261126_95"
branch_labels = None
depends_on = None

DIRECTORY = "position"
TABLES = (
    "municipality",
    "school",
    "ab_user",
    "pupil",
    "parent",
    "employee",
    DIRECTORY,
    "school_class",
    "movement_order",
    "deleted_record",
)


def upgrade():
    _compare("C")


def downgrade():
    _compare("default")


def _compare(collation):
    if op.get_bind().dialect.name == "sqlite":
        return
    release_directory(DIRECTORY)
    for table in TABLES:
        op.alter_column(table, "search_text", type_=sa.String(700, collation=collation), existing_nullable=False)
    hold_directory(DIRECTORY)
