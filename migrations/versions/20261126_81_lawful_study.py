"""Lawful studies in two schools: a decision of the МОУО or the region about two cards of one pupil.

Revision ID: 20261126_81
Revises: 20261126_72
Create Date: 2026-11-26 19:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_81"
down_revision = "20261126_72"
branch_labels = None
depends_on = None

IN_FORCE = sa.text("withdrawn_on IS NULL")
REFERENCES = (
    ("first_id", "pupil"),
    ("second_id", "pupil"),
    ("first_school_id", "school"),
    ("second_school_id", "school"),
    ("entered_by_id", "ab_user"),
    ("changed_by_id", "ab_user"),
)


def upgrade():
    op.create_table(
        "lawful_study",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("first_school_id", sa.Integer(), nullable=False),
        sa.Column("second_school_id", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_reason", sa.String(300), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(200), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_lawful_study_order")),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR withdrawal_reason IS NOT NULL", name=op.f("ck_lawful_study_withdrawal")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_lawful_study_{column}"))
            for column, table in REFERENCES
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lawful_study")),
    )
    op.create_index(
        "uq_lawful_study_pair",
        "lawful_study",
        ["first_id", "second_id"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.create_index("ix_lawful_study_second", "lawful_study", ["second_id"])
    op.create_index("ix_lawful_study_first_school", "lawful_study", ["first_school_id", "id"])
    op.create_index("ix_lawful_study_second_school", "lawful_study", ["second_school_id", "id"])


def downgrade():
    op.drop_table("lawful_study")
