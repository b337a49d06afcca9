"""personal

Revision ID: 20261124_01
Revises: 20261123_01
Create Date: 2026-11-24 10:01:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261124_01"
down_revision = "20261123_01"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "favourite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ab_user.id"], name=op.f("fk_favourite_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_favourite")),
        sa.UniqueConstraint("account_id", "entity", "record_id", name=op.f("uq_favourite_account_id_entity_record_id")),
    )
    op.create_table(
        "saved_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ab_user.id"], name=op.f("fk_saved_list_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_list")),
        sa.UniqueConstraint("account_id", "route", "name", name=op.f("uq_saved_list_account_id_route_name")),
    )


def downgrade():
    op.drop_table("saved_list")
    op.drop_table("favourite")
