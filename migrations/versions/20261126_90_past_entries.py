"""Earlier entries of judged records; changes of dates that stand in the trail become entries.

Revision ID: 20261126_90
Revises: 20261126_81
Create Date: 2026-11-26 19:40:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_90"
down_revision = "20261126_81"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "past_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("trigger_on", sa.Date(), nullable=True),
        sa.Column("trigger", sa.JSON(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("ended_by", sa.String(length=200), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "ended",
            sa.Enum("changed", name="entryend", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_past_entry_school_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["ab_user.id"], name=op.f("fk_past_entry_entered_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["ab_user.id"], name=op.f("fk_past_entry_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_entry")),
    )
    op.create_index("ix_past_entry_subject", "past_entry", ["subject", "subject_id"])
    op.create_index("ix_past_entry_school", "past_entry", ["school_id"])


def downgrade():
    op.drop_table("past_entry")
