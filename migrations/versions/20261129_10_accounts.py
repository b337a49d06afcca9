"""Accounts: e-mail may be missing and shared, names of any length, logins that look alike, who has set a password.

Revision ID: 20261129_10
Revises: 20261128_10
Create Date: 2026-11-27 11:00:00

"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "20261129_10"
down_revision = "20261128_10"
branch_labels = None
depends_on = None

ACCOUNT = sa.table("ab_user", sa.column("id"), sa.column("username"), sa.column("login_key"), sa.column("email"))
# SQLite keeps no names of these: batch mode finds them by what they would be called.
UNNAMED = {"uq": "uq_%(table_name)s_%(column_0_name)s"}
LOOKS = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l"})


def upgrade():
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("ab_user", naming_convention=UNNAMED if sqlite else None) as table:
        table.drop_constraint(op.f("uq_ab_user_email"), type_="unique")
        table.alter_column("email", existing_type=sa.String(320), nullable=True)
        table.alter_column("first_name", existing_type=sa.String(64), type_=sa.String(130), existing_nullable=False)
        table.add_column(sa.Column("login_key", sa.String(130), nullable=False, server_default=""))
        table.add_column(sa.Column("reset_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("reset_by", sa.String(200), nullable=True))
    _fill_keys()
    op.create_index("uq_ab_user_login_key", "ab_user", ["login_key"], unique=True)


def _fill_keys():
    """Logins that look alike stand: only a new one may not look like another. They are listed."""
    connection, alike = op.get_bind(), defaultdict(list)
    for key, login in connection.execute(sa.select(ACCOUNT.c.id, ACCOUNT.c.username).order_by(ACCOUNT.c.id)):
        alike[login.lower().translate(LOOKS).replace("rn", "m").replace("vv", "w")].append((key, login))
    rows = [
        {"own": key, "looks": looks if number == 0 else f"{looks}~{key}"}
        for looks, found in alike.items()
        for number, (key, _) in enumerate(found)
    ]
    if rows:
        changed = sa.update(ACCOUNT).where(ACCOUNT.c.id == sa.bindparam("own"))
        connection.execute(changed.values(login_key=sa.bindparam("looks")), rows)
    for found in alike.values():
        if len(found) > 1:
            print("Похожие логины, их легко спутать: " + ", ".join(login for _, login in found) + ".")


def downgrade():
    connection, mail = op.get_bind(), ACCOUNT.c.email
    connection.execute(
        sa.update(ACCOUNT)
        .where(sa.or_(mail.is_(None), ACCOUNT.c.id.not_in(sa.select(sa.func.min(ACCOUNT.c.id)).group_by(mail))))
        .values(email=sa.literal("account-") + sa.cast(ACCOUNT.c.id, sa.String) + "@invalid")
    )
    op.drop_index("uq_ab_user_login_key", table_name="ab_user")
    with op.batch_alter_table("ab_user") as table:
        table.drop_column("reset_by")
        table.drop_column("reset_at")
        table.drop_column("login_key")
        table.alter_column("first_name", existing_type=sa.String(130), type_=sa.String(64), existing_nullable=False)
        table.alter_column("email", existing_type=sa.String(320), nullable=False)
        table.create_unique_constraint(op.f("uq_ab_user_email"), ["email"])
