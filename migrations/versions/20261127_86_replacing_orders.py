"""replacing orders: an order entered in place of another one goes on with its duty

Revision ID: 20261127_86
Revises: 20261127_85
Create Date: 2026-11-27 13:30:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_86"
down_revision = "20261127_85"
branch_labels = None
depends_on = None

LINKS = (("movement_order", "replaces_id"), ("movement_line", "continues_id"))


def upgrade():
    for table, column in LINKS:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(column, sa.Integer(), nullable=True))
            batch.create_foreign_key(op.f(f"fk_{table}_{column}"), table, [column], ["id"])
        op.create_index(
            op.f(f"ix_{table}_{column}"),
            table,
            [column],
            sqlite_where=sa.text(f"{column} IS NOT NULL"),
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )


def downgrade():
    for table, column in LINKS:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_{column}"), type_="foreignkey")
            batch.drop_column(column)
