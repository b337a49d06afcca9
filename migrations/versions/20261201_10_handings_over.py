"""the handing over of accounts as entries of their own: terms are judged by them

Revision ID: 20261201_10
Revises: 20261130_20
Create Date: 2026-11-28 04:00:00

"""

from datetime import UTC, datetime, time

import sqlalchemy as sa
from alembic import op

revision = "20261201_10"
down_revision = "20261130_20"
branch_labels = None
depends_on = None

BY = "Обновление системы"


def upgrade():
    op.create_table(
        "handing_over",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["ab_user.id"], name=op.f("fk_handing_over_account_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["ab_user.id"], name=op.f("fk_handing_over_changed_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["ab_user.id"], name=op.f("fk_handing_over_entered_by_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_handing_over_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handing_over")),
    )
    op.create_index("ix_handing_over_account_id", "handing_over", ["account_id"])
    op.create_index("ix_handing_over_school_id", "handing_over", ["school_id"])
    carry_over()


def carry_over():
    """What was handed over before is its first entry, of the day that was told: no better is known."""
    connection = op.get_bind()
    days = (sa.column(name, sa.Date()) for name in ("handed_over_on", "closed_on"))
    account = sa.table("ab_user", sa.column("id"), sa.column("school_id"), *days)
    person = sa.table("account_person", sa.column("account_id"), sa.column("school_id"))
    tied = sa.select(sa.func.min(person.c.school_id)).where(person.c.account_id == account.c.id).scalar_subquery()
    found = (
        sa.select(
            account.c.id,
            sa.func.coalesce(account.c.school_id, tied).label("school_id"),
            account.c.handed_over_on,
            account.c.closed_on,
        )
        .where(account.c.handed_over_on.is_not(None))
        .order_by(account.c.id)
    )
    rows = [
        {
            "school_id": row.school_id,
            "account_id": row.id,
            "handed_on": row.handed_over_on,
            "ended_on": row.closed_on,
            "version": 1,
            "entered_at": datetime.combine(row.handed_over_on, time(1), UTC),
            "entered_on": row.handed_over_on,
            "entered_by": BY,
        }
        for row in connection.execute(found)
        if row.school_id is not None
    ]
    table = sa.table(
        "handing_over",
        *(sa.column(name, sa.Integer()) for name in ("school_id", "account_id", "version")),
        *(sa.column(name, sa.Date()) for name in ("handed_on", "ended_on", "entered_on")),
        sa.column("entered_at", sa.DateTime(timezone=True)),
        sa.column("entered_by", sa.String()),
    )
    for start in range(0, len(rows), 1000):
        op.bulk_insert(table, rows[start : start + 1000])


def downgrade():
    op.drop_table("handing_over")
