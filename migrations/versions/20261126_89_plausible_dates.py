"""plausible dates: nothing is changed; what cannot be true is listed for its school

Revision ID: 20261126_89
Revises: 20261126_94
Create Date: 2026-11-26 19:20:00

"""

from itertools import groupby

import sqlalchemy as sa
from alembic import op

revision = "20261126_89"
down_revision = "20261126_94"
branch_labels = None
depends_on = None

WRONG = (
    (
        "родитель не старше ребёнка: родство",
        """SELECT g.school_id, g.id FROM guardianship g JOIN pupil c ON c.id = g.pupil_id
        JOIN parent p ON p.id = g.parent_id WHERE p.birth_date >= c.birth_date""",
    ),
    (
        "приём на работу раньше рождения: сотрудники",
        "SELECT school_id, id FROM employee WHERE hired_on <= birth_date",
    ),
    *(
        (
            f"дата рождения ещё не наступила: {title}",
            f"SELECT school_id, id FROM {table} WHERE birth_date > CURRENT_DATE",
        )
        for table, title in (("pupil", "обучающиеся"), ("parent", "родители"), ("employee", "сотрудники"))
    ),
)


def upgrade():
    codes = dict(tuple(row) for row in op.get_bind().execute(sa.text("SELECT id, code FROM school")))
    for what, found in WRONG:
        rows = op.get_bind().execute(sa.text(f"{found} ORDER BY 1, 2")).all()
        for school, members in groupby(rows, key=lambda row: row[0]):
            numbers = ", ".join(str(row[1]) for row in members)
            print(f"Школа {codes[school]}: {what}, записи № {numbers}. Оставлено как есть: исправьте в панели.")


def downgrade():
    pass
