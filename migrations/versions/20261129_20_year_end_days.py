"""the region's own last day of study in a school year, for schools without periods

Revision ID: 20261129_20
Revises: 20261129_10
Create Date: 2026-11-27 11:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261129_20"
down_revision = "20261129_10"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "year_end_day",
        sa.Column("start_year", sa.Integer(), nullable=False),
        sa.Column("grades", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
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
        sa.CheckConstraint("start_year BETWEEN 2015 AND 2100", name=op.f("ck_year_end_day_start_year")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["ab_user.id"], name=op.f("fk_year_end_day_changed_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["ab_user.id"], name=op.f("fk_year_end_day_entered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_end_day")),
        sa.UniqueConstraint("start_year", "grades", name=op.f("uq_year_end_day_start_year_grades")),
    )


def downgrade():
    op.drop_table("year_end_day")
