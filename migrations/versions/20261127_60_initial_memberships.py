"""initial memberships: who stood in a class before the panel owes no order of enrolment

What stands in a class today without an order was brought in when the school began: from now on an order is owed for
whoever is put into a class by hand.

Revision ID: 20261127_60
Revises: 20261127_01
Create Date: 2026-11-26 23:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_60"
down_revision = "20261127_01"
branch_labels = None
depends_on = None

BY_HAND = (
    ("begun", "starts_on", "opened_by_id IS NULL AND NOT is_initial"),
    ("ended", "ends_on", "closed_by_id IS NULL AND ends_on IS NOT NULL"),
)


def upgrade():
    op.add_column("class_membership", sa.Column("is_initial", sa.Boolean(), nullable=False, server_default=sa.false()))
    marked = op.get_bind().execute(
        sa.text(
            "UPDATE class_membership SET is_initial = :yes WHERE opened_by_id IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM class_membership AS earlier WHERE earlier.pupil_id = class_membership.pupil_id"
            " AND earlier.starts_on < class_membership.starts_on)"
        ),
        {"yes": True},
    )
    if marked.rowcount:
        print(f"Отмечены как первоначальная загрузка записи о составе класса без приказа: {marked.rowcount}.")
    for name, column, condition in BY_HAND:
        op.create_index(
            f"ix_class_membership_{name}_by_hand",
            "class_membership",
            ["school_id", column],
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )


def downgrade():
    for name, _, _ in BY_HAND:
        op.drop_index(f"ix_class_membership_{name}_by_hand", "class_membership")
    with op.batch_alter_table("class_membership") as table:
        table.drop_column("is_initial")
