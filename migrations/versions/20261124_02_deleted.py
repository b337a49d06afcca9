"""deleted

Revision ID: 20261124_02
Revises: 20261124_01
Create Date: 2026-11-24 10:02:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261124_02"
down_revision = "20261124_01"
branch_labels = None
depends_on = None

ACTIONS = ("create", "change", "delete", "login", "login_failed", "logout", "password", "print", "export", "system")
CHECK = "ck_audit_event_auditaction"


def upgrade():
    op.create_table(
        "deleted_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entity", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("batch", sa.String(length=32), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_on", sa.Date(), nullable=False),
        sa.Column("deleted_by", sa.String(length=200), nullable=False),
        sa.Column("deleted_by_id", sa.Integer(), nullable=True),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restored_by", sa.String(length=200), nullable=True),
        sa.Column("restored_by_id", sa.Integer(), nullable=True),
        sa.Column("search_text", sa.String(length=700), nullable=False),
        sa.ForeignKeyConstraint(["deleted_by_id"], ["ab_user.id"], name=op.f("fk_deleted_record_deleted_by_id")),
        sa.ForeignKeyConstraint(["restored_by_id"], ["ab_user.id"], name=op.f("fk_deleted_record_restored_by_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_deleted_record_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deleted_record")),
    )
    op.create_index("ix_deleted_record_record", "deleted_record", ["entity", "record_id"])
    op.create_index("ix_deleted_record_school", "deleted_record", ["school_id", "id"])
    op.create_index(op.f("ix_deleted_record_batch"), "deleted_record", ["batch"])
    allow((*ACTIONS, "restore"))


def allow(actions):
    """What may stand in the trail. SQLite makes the table anew, and its checks are not carried over: put it again."""
    words = ", ".join(f"'{action}'" for action in actions)
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.drop_constraint(op.f(CHECK), "audit_event", type_="check")
    with op.batch_alter_table("audit_event", recreate="always" if sqlite else "never") as batch:
        batch.create_check_constraint(op.f(CHECK), f"action IN ({words})")


def downgrade():
    # A return to the older version knows no such act: it was a writing, and stays told as one.
    op.execute("UPDATE audit_event SET action = 'create' WHERE action = 'restore'")
    allow(ACTIONS)
    op.drop_table("deleted_record")
