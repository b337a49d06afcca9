"""start of use: from which day a school keeps its records here, by an act of the region

Whoever stood in grade 10 on the first day of a year without an order was marked by 20261127_60 as the initial load, and
owed the order of enrolment all the same. The load is what it says from now on: it owes none, so those marks are taken
off.

Revision ID: 20261127_70
Revises: 20261127_90
Create Date: 2026-11-27 01:50:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_70"
down_revision = "20261127_90"
branch_labels = None
depends_on = None

OWNERS = ("school", "region")
OF_GRADE_10 = (
    "SELECT class_membership.id FROM class_membership JOIN school_class ON school_class.id = class_membership.class_id"
    " JOIN academic_year ON academic_year.id = school_class.academic_year_id"
    " WHERE school_class.grade = 10 AND class_membership.starts_on <= academic_year.starts_on AND is_initial"
)


def upgrade():
    for owner in OWNERS:
        _create(owner)
    op.create_index("ix_class_membership_school_start", "class_membership", ["school_id", "starts_on"])
    decided = sa.text("decision_date IS NOT NULL")
    op.create_index(
        "ix_movement_order_decision",
        "movement_order",
        ["school_id", "decision_date"],
        sqlite_where=decided,
        postgresql_where=decided,
    )
    freed = op.get_bind().execute(
        sa.text(f"UPDATE class_membership SET is_initial = :no WHERE id IN ({OF_GRADE_10})"),
        {"no": False},
    )
    if freed.rowcount:
        print(f"Снята отметка первоначальной загрузки: 10-е классы, за которые приказ должен быть: {freed.rowcount}.")


def downgrade():
    op.drop_index("ix_movement_order_decision", "movement_order")
    op.drop_index("ix_class_membership_school_start", "class_membership")
    for owner in OWNERS:
        op.drop_table(f"{owner}_start")


def _create(owner):
    name = f"{owner}_start"
    op.create_table(
        name,
        sa.Column(f"{owner}_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
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
        sa.ForeignKeyConstraint([f"{owner}_id"], [f"{owner}.id"], name=op.f(f"fk_{name}_{owner}_id")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["ab_user.id"], name=op.f(f"fk_{name}_changed_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["ab_user.id"], name=op.f(f"fk_{name}_entered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(f"{owner}_id", name=op.f(f"uq_{name}_{owner}_id")),
    )
