"""the second factor of accounts, its recovery codes, the roles that need one; the trail tells of it

Revision ID: 20261130_20
Revises: 20261130_10
Create Date: 2026-11-28 00:50:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_20"
down_revision = "20261130_10"
branch_labels = None
depends_on = None

ACTIONS = (
    *("create", "change", "delete", "restore", "login", "login_failed", "logout", "password"),
    *("print", "export", "system"),
)
CHECK = "ck_audit_event_auditaction"


def upgrade():
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=300), nullable=False),
        sa.Column("used_step", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["ab_user.id"], name=op.f("fk_second_factor_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["ab_user.id"], name=op.f("fk_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index("ix_recovery_code_account_id", "recovery_code", ["account_id"])
    op.create_table(
        "second_factor_role",
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["ab_user.id"], name=op.f("fk_second_factor_role_changed_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["ab_user.id"], name=op.f("fk_second_factor_role_entered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor_role")),
        sa.UniqueConstraint("role", name=op.f("uq_second_factor_role_role")),
    )
    allow((*ACTIONS, "second_factor"))


def allow(actions):
    """What may stand in the trail. SQLite makes the table anew, and its checks are not carried over: put it again."""
    words = ", ".join(f"'{action}'" for action in actions)
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.drop_constraint(op.f(CHECK), "audit_event", type_="check")
    with op.batch_alter_table("audit_event", recreate="always" if sqlite else "never") as batch:
        batch.create_check_constraint(op.f(CHECK), f"action IN ({words})")


def downgrade():
    # A return to the older version knows no such act: the nearest that it knows.
    op.execute("UPDATE audit_event SET action = 'password' WHERE action = 'second_factor'")
    allow(ACTIONS)
    op.drop_table("second_factor_role")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
