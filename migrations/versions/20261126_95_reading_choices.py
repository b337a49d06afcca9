"""reading choices: how a wording of the regulation is read in a school year, by an act of the region

Revision ID: 20261126_95
Revises: 20261126_89
Create Date: 2026-11-26 20:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_95"
down_revision = "20261126_89"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "reading_choice",
        sa.Column("start_year", sa.Integer(), nullable=False),
        sa.Column("reading", sa.String(length=40), nullable=False),
        sa.Column("option", sa.String(length=80), nullable=False),
        sa.Column("act_number", sa.String(length=50), nullable=False),
        sa.Column("act_date", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("start_year BETWEEN 2015 AND 2100", name=op.f("ck_reading_choice_start_year")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["ab_user.id"], name=op.f("fk_reading_choice_changed_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["ab_user.id"], name=op.f("fk_reading_choice_entered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_choice")),
        sa.UniqueConstraint("start_year", "reading", name=op.f("uq_reading_choice_start_year_reading")),
    )


def downgrade():
    op.drop_table("reading_choice")
