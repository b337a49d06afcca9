"""class leaders: who leads a class in place of its class teacher, from a day to a day

The class teacher that stands at a class leads it since its beginning, as before; nothing of old data changes.

Revision ID: 20261127_90
Revises: 20261127_86
Create Date: 2026-11-27 02:35:00

"""

import sqlalchemy as sa
from alembic import op

from migrations.periods import allow_overlap, forbid_overlap

revision = "20261127_90"
down_revision = "20261127_86"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "class_leader",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_class_leader_period")),
        *(
            sa.ForeignKeyConstraint(
                [key, "school_id"], [f"{table}.id", f"{table}.school_id"], name=op.f(f"fk_class_leader_{key}_school_id")
            )
            for key, table in (("class_id", "school_class"), ("employee_id", "employee"))
        ),
        sa.ForeignKeyConstraint(["changed_by_id"], ["ab_user.id"], name=op.f("fk_class_leader_changed_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["ab_user.id"], name=op.f("fk_class_leader_entered_by_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_class_leader_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_leader")),
    )
    for key in ("school_id", "class_id", "employee_id"):
        op.create_index(f"ix_class_leader_{key}", "class_leader", [key])
    forbid_overlap("class_leader", ["class_id"])


def downgrade():
    allow_overlap("class_leader")
    op.drop_table("class_leader")
