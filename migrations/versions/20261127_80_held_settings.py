"""Settings of a school that a change would better for closed terms stand until a correction is confirmed.

Revision ID: 20261127_80
Revises: 20261127_60
Create Date: 2026-11-27 02:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_80"
down_revision = "20261127_60"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "held_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("setting", sa.String(length=20), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("stood", sa.JSON(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["correction_id"], ["correction.id"], name=op.f("fk_held_setting_correction_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_held_setting_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_setting")),
    )
    op.create_index("ix_held_setting_school", "held_setting", ["school_id", "setting", "key"])
    op.create_index("ix_held_setting_correction", "held_setting", ["correction_id"])
    op.create_table(
        "held_span",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("held_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("academic_year_id", sa.Integer(), nullable=False),
        sa.Column("is_year", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["held_id"], ["held_setting.id"], name=op.f("fk_held_span_held_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_held_span_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_span")),
    )
    op.create_index("ix_held_span_held", "held_span", ["held_id", "academic_year_id"])


def downgrade():
    op.drop_table("held_span")
    op.drop_table("held_setting")
