"""A folded name beside each person's, and indexes by which the same person is found.

Revision ID: 20261126_80
Revises: 20261126_70
Create Date: 2026-11-26 18:50:00

"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "20261126_80"
down_revision = "20261126_70"
branch_labels = None
depends_on = None

TABLES = ("pupil", "parent", "employee")
CHUNK = 1_000
# As the panel has them on the day of this script; a shipped script does not follow what changes there later.
LOOKALIKES = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")
NOT_WORD = re.compile(r"[\W_]+")


def person_key(*names):
    return " ".join(_folded(name) for name in names)


def _folded(name):
    text = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    return NOT_WORD.sub("", text).upper().translate(LOOKALIKES)


def upgrade():
    for table in TABLES:
        op.add_column(table, sa.Column("person_key", sa.String(121), nullable=False, server_default=""))
        _fill(sa.table(table, *map(sa.column, ("id", "last_name", "first_name", "person_key"))))
        op.create_index(f"ix_{table}_person_key", table, ["person_key", "birth_date"])
        op.create_index(f"ix_{table}_snils", table, ["snils"])
    op.create_index("ix_pupil_birth_certificate", "pupil", ["birth_certificate"])


def downgrade():
    op.drop_index("ix_pupil_birth_certificate", "pupil")
    for table in TABLES:
        op.drop_index(f"ix_{table}_snils", table)
        op.drop_index(f"ix_{table}_person_key", table)
        op.drop_column(table, "person_key")


def _fill(table):
    """By number: a region has tens of thousands of cards."""
    connection, last = op.get_bind(), 0
    update = table.update().where(table.c.id == sa.bindparam("row")).values(person_key=sa.bindparam("key"))
    columns = sa.select(table.c.id, table.c.last_name, table.c.first_name).order_by(table.c.id).limit(CHUNK)
    while rows := connection.execute(columns.where(table.c.id > last)).all():
        connection.execute(update, [{"row": row.id, "key": person_key(*row[1:])} for row in rows])
        last = rows[-1].id
