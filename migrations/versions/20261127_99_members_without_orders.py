"""members without orders: the few whom no order brought or took away are found by themselves

Nearly half of the memberships have no order that opened, or closed, them; an index on that column is no way to the few
that an order is owed for, and both databases took it. It now knows only those with an order.

Revision ID: 20261127_99
Revises: 20261127_98
Create Date: 2026-11-27 23:50:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_99"
down_revision = "20261127_98"
branch_labels = None
depends_on = None

TABLE = "class_membership"
COLUMNS = ("opened_by_id", "closed_by_id")
BEGUN = "ix_class_membership_begun_by_hand"
STATISTICS = "st_class_membership_begun"


def upgrade():
    for column in COLUMNS:
        _anew(f"ix_{TABLE}_{column}", [column], f"{column} IS NOT NULL")
    _begun("opened_by_id IS NULL AND is_initial = 0")
    if op.get_bind().dialect.name == "postgresql":
        # The two are anything but independent: it would expect a hundred times as many.
        op.execute(f"CREATE STATISTICS {STATISTICS} (mcv) ON opened_by_id, is_initial FROM {TABLE}")


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP STATISTICS {STATISTICS}")
    _begun("opened_by_id IS NULL AND NOT is_initial")
    for column in COLUMNS:
        _anew(f"ix_{TABLE}_{column}", [column], None)


def _begun(condition):
    """SQLite takes a partial index only for a question in the very words of its condition."""
    if op.get_bind().dialect.name == "sqlite":
        _anew(BEGUN, ["school_id", "starts_on"], condition)


def _anew(name, columns, condition):
    op.drop_index(name, TABLE)
    where = None if condition is None else sa.text(condition)
    op.create_index(name, TABLE, columns, sqlite_where=where, postgresql_where=where)
