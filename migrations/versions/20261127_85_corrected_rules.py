"""corrected rules: all rules that a correction is about, and those whose numbers it changed; junk numbers are listed

Revision ID: 20261127_85
Revises: 20261127_80
Create Date: 2026-11-27 13:00:00

"""

import json
from itertools import groupby

import sqlalchemy as sa
from alembic import op

revision = "20261127_85"
down_revision = "20261127_80"
branch_labels = None
depends_on = None

COLUMNS = ("rules", "changed_rules")
PAPERS = (
    ("приказы о движении", "movement_order", "school_id", "number"),
    ("назначения", "appointment", "school_id", "order_number"),
    ("итоги года", "year_outcome", "school_id", "protocol"),
    ("календарь школы", "school_calendar_day", "school_id", "act_number"),
    ("календарь региона", "region_calendar_day", "NULL", "act_number"),
    ("чтения сроков", "reading_choice", "NULL", "act_number"),
)


def upgrade():
    for name in COLUMNS:
        op.add_column("correction", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    _fill(op.get_bind())
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("correction") as table:
            for name in COLUMNS:
                table.alter_column(name, server_default=None)
    else:
        for name in COLUMNS:
            op.alter_column("correction", name, server_default=None)
    _list_junk(op.get_bind())


def _fill(connection):
    row = sa.table(
        "correction",
        sa.column("id", sa.Integer),
        sa.column("rule", sa.String),
        sa.column("effect", sa.JSON),
        *(sa.column(name, sa.JSON) for name in COLUMNS),
    )
    for key, rule, effect in connection.execute(sa.select(row.c.id, row.c.rule, row.c.effect)).all():
        effect = json.loads(effect) if isinstance(effect, str) else effect or {}
        rules = list(dict.fromkeys([*([rule] if rule else []), *effect]))
        changed = [name for name, counted in effect.items() if counted["before"] != counted["after"]]
        connection.execute(sa.update(row).where(row.c.id == key).values(rules=rules, changed_rules=changed))


def _list_junk(connection):
    """Numbers without a letter or a digit: they stay, and are refused when the record is next changed."""
    codes = dict(tuple(row) for row in connection.execute(sa.text("SELECT id, code FROM school")))
    for title, table, school, column in PAPERS:
        rows = connection.execute(sa.text(f"SELECT {school}, id, {column} FROM {table} ORDER BY 1, 2")).all()
        junk = [row for row in rows if row[2] is not None and not any(each.isalnum() for each in row[2])]
        for key, members in groupby(junk, key=lambda row: row[0]):
            where = f"Школа {codes[key]}" if key in codes else "Регион"
            numbers = ", ".join(str(row[1]) for row in members)
            print(
                f"{where}: {title}, номер без цифр и букв, записи № {numbers}. Оставлено как есть: исправьте в панели."
            )


def downgrade():
    with op.batch_alter_table("correction") as table:
        for name in COLUMNS:
            table.drop_column(name)
