"""Facts of closed terms that an act would better or remove stand until a correction is confirmed.

Revision ID: 20261127_40
Revises: 20261127_10
Create Date: 2026-11-26 22:30:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_40"
down_revision = "20261127_10"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "held_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("detail", sa.String(length=60), nullable=True),
        sa.Column("anchor", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Date(), nullable=False),
        sa.Column("had_evidence", sa.Boolean(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["correction_id"], ["correction.id"], name=op.f("fk_held_fact_correction_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_held_fact_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_fact")),
    )
    op.create_index("ix_held_fact_about", "held_fact", ["about_id", "about"])
    op.create_index("ix_held_fact_school", "held_fact", ["school_id", "opens_on"])
    op.create_index("ix_held_fact_correction", "held_fact", ["correction_id"])
    op.create_table(
        "stood_fact",
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("about_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_stood_fact_school_id")),
        sa.PrimaryKeyConstraint("about", "about_id", name=op.f("pk_stood_fact")),
    )
    op.create_index("ix_stood_fact_school", "stood_fact", ["school_id"])


def downgrade():
    op.drop_table("stood_fact")
    op.drop_table("held_fact")
