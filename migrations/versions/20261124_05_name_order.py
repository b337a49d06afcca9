"""Lists of people in the order of the folded name: Ё beside Е, whatever the database's collation.

Revision ID: 20261124_05
Revises: 20261124_04
Create Date: 2026-11-24 10:05:00

"""

from alembic import op

revision = "20261124_05"
down_revision = "20261124_04"
branch_labels = None
depends_on = None

PEOPLE = ("pupil", "parent", "employee")


def upgrade():
    for table in PEOPLE:
        op.drop_index(f"ix_{table}_school_name", table)
        op.drop_index(f"ix_{table}_name", table)
    for table in (*PEOPLE, "ab_user"):
        op.create_index(f"ix_{table}_school_search_text", table, ["school_id", "search_text", "id"])
        op.create_index(f"ix_{table}_search_text", table, ["search_text", "id"])


def downgrade():
    for table in (*PEOPLE, "ab_user"):
        op.drop_index(f"ix_{table}_search_text", table)
        op.drop_index(f"ix_{table}_school_search_text", table)
    for table in PEOPLE:
        op.create_index(f"ix_{table}_school_name", table, ["school_id", "last_name", "first_name", "id"])
        op.create_index(f"ix_{table}_name", table, ["last_name", "first_name", "id"])
