"""shared positions: the region's entries stand beside a school's own

Revision ID: 20261126_60
Revises: 20261126_50
Create Date: 2026-11-26 15:40:00

"""

import sqlalchemy as sa
from alembic import op

from migrations.shared import hold_directory, hold_reach, release_directory, release_reach

revision = "20261126_60"
down_revision = "20261126_50"
branch_labels = None
depends_on = None

COMPOSITE, SINGLE = "fk_employee_position_id_school_id", "fk_employee_position_id"


def upgrade():
    with op.batch_alter_table("employee") as batch_op:
        batch_op.drop_constraint(op.f(COMPOSITE), type_="foreignkey")
        batch_op.create_foreign_key(op.f(SINGLE), "position", ["position_id"], ["id"])
    with op.batch_alter_table("position") as batch_op:
        batch_op.drop_constraint(op.f("uq_position_id_school_id"), type_="unique")
        batch_op.alter_column("school_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("code", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_position_code"), ["code"])
    region = sa.text("school_id IS NULL")
    op.create_index(
        "uq_position_region",
        "position",
        ["search_text"],
        unique=True,
        sqlite_where=region,
        postgresql_where=region,
    )
    hold_reach("employee", "position_id", "position")
    hold_directory("position")


def downgrade():
    """Each school gets entries of its own in place of the region's that its employees name."""
    release_reach("employee", "position_id")
    release_directory("position")
    _give_schools_their_own()
    region = sa.text("school_id IS NULL")
    op.drop_index("uq_position_region", table_name="position", sqlite_where=region, postgresql_where=region)
    with op.batch_alter_table("position") as batch_op:
        batch_op.drop_constraint(op.f("uq_position_code"), type_="unique")
        batch_op.drop_column("closed_on")
        batch_op.drop_column("code")
        batch_op.alter_column("school_id", existing_type=sa.Integer(), nullable=False)
        batch_op.create_unique_constraint(op.f("uq_position_id_school_id"), ["id", "school_id"])
    with op.batch_alter_table("employee") as batch_op:
        batch_op.drop_constraint(op.f(SINGLE), type_="foreignkey")
        batch_op.create_foreign_key(op.f(COMPOSITE), "position", ["position_id", "school_id"], ["id", "school_id"])


def _give_schools_their_own():
    stamps = "version, entered_at, entered_on, entered_by, entered_by_id, changed_at, changed_by, changed_by_id"
    op.execute(
        f"INSERT INTO position (school_id, title, search_text, {stamps})"
        f" SELECT DISTINCT e.school_id, p.title, p.search_text, {', '.join('p.' + name for name in stamps.split(', '))}"
        " FROM employee e JOIN position p ON p.id = e.position_id AND p.school_id IS NULL"
        " WHERE NOT EXISTS (SELECT 1 FROM position o WHERE o.school_id = e.school_id AND o.title = p.title)"
    )
    op.execute(
        "UPDATE employee SET position_id = (SELECT o.id FROM position o JOIN position p ON p.title = o.title"
        " WHERE p.id = employee.position_id AND o.school_id = employee.school_id)"
        " WHERE position_id IN (SELECT id FROM position WHERE school_id IS NULL)"
    )
    op.execute("DELETE FROM position WHERE school_id IS NULL")
