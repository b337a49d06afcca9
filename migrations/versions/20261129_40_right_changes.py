"""rights of roles that one school took away or gave beyond the regulation's set (3.3.2.2)

Revision ID: 20261129_40
Revises: 20261129_30
Create Date: 2026-11-28 00:10:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261129_40"
down_revision = "20261129_30"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("ended_at IS NULL")


def upgrade():
    op.create_table(
        "right_change",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("resource", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("basis_number", sa.String(length=50), nullable=True),
        sa.Column("basis_date", sa.Date(), nullable=True),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=True),
        sa.Column("ended_act", sa.String(length=32), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "NOT granted OR (basis_number IS NOT NULL AND basis_date IS NOT NULL)",
            name=op.f("ck_right_change_basis"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_right_change_school_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["ab_user.id"], name=op.f("fk_right_change_changed_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["ab_user.id"], name=op.f("fk_right_change_entered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_right_change")),
    )
    op.create_index(op.f("ix_right_change_school_id"), "right_change", ["school_id"])
    op.create_index(
        "uq_right_change_in_force",
        "right_change",
        ["school_id", "role", "resource", "action"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )


def downgrade():
    op.drop_table("right_change")
