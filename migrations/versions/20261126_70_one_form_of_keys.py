"""One form of every key: numbers of orders are compared by a key, letters of classes are Cyrillic capitals.

What clashes already is listed for its school and left alone.

Revision ID: 20261126_70
Revises: 20261126_65
Create Date: 2026-11-26 15:50:00

"""

import re
import unicodedata
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "20261126_70"
down_revision = "20261126_65"
branch_labels = None
depends_on = None

INDEX = "uq_movement_order_number_key"
CHUNK = 1_000
# As the panel has them on the day of this script; a shipped script does not follow what changes there later.
LOOKALIKES = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")
DASHES = re.compile("[‐‑‒–—−]")
NUMBER_SIGN = re.compile(r"№|^\s*N[OО°º]?\.?(?=\s*[0-9])", re.IGNORECASE)
GRADE_BEFORE = re.compile(r"^[0-9]{1,2}[\s\-‐‑‒–—−]*(?=[^0-9\s])")
QUOTES = re.compile("[«»\"'„“”‘’`]")

ORDER = sa.table("movement_order", *map(sa.column, ("id", "school_id", "number", "number_key", "order_date")))
CLASS = sa.table(
    "school_class", *map(sa.column, ("id", "school_id", "academic_year_id", "grade", "letter", "search_text"))
)
SCHOOL = sa.table("school", sa.column("id"), sa.column("code"))


def visible(text):
    return "".join(each for each in text if unicodedata.category(each) not in ("Cf", "Cc", "Co", "Cs"))


def number_key(text):
    return DASHES.sub("-", re.sub(r"\s", "", NUMBER_SIGN.sub("", visible(text)))).upper().translate(LOOKALIKES)


def letter_of(text):
    bare = GRADE_BEFORE.sub("", QUOTES.sub("", visible(text)).strip()).strip()
    return bare.upper().translate(LOOKALIKES)


def upgrade():
    op.add_column("movement_order", sa.Column("number_key", sa.String(30), nullable=False, server_default=""))
    clashing = _keys_of_orders()
    but = sa.text(f"id NOT IN ({', '.join(map(str, clashing))})") if clashing else None
    op.create_index(
        INDEX,
        "movement_order",
        ["school_id", "number_key", "order_date"],
        unique=True,
        sqlite_where=but,
        postgresql_where=but,
    )
    _letters_of_classes()


def downgrade():
    op.drop_index(INDEX, "movement_order")
    op.drop_column("movement_order", "number_key")


def _keys_of_orders():
    """Fill the keys. The numbers of the rows that share one: the index leaves them out."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(ORDER.c.id, ORDER.c.school_id, ORDER.c.number, ORDER.c.order_date)).all()
    values = [{"row": row.id, "key": number_key(row.number)} for row in rows]
    update = ORDER.update().where(ORDER.c.id == sa.bindparam("row")).values(number_key=sa.bindparam("key"))
    for start in range(0, len(values), CHUNK):
        connection.execute(update, values[start : start + CHUNK])
    same = defaultdict(list)
    for row in rows:
        same[row.school_id, number_key(row.number), row.order_date].append(row)
    clashing = [group for group in same.values() if len(group) > 1]
    for group in clashing:
        _tell(
            group[0].school_id,
            "приказы с одним номером и датой",
            [f"№ {row.number} (запись {row.id})" for row in group],
        )
    return sorted(row.id for group in clashing for row in group)


def _letters_of_classes():
    """Bring letters to their one form, where no other class of the year and grade has it."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(CLASS)).all()
    same = defaultdict(list)
    for row in rows:
        same[row.academic_year_id, row.grade, letter_of(row.letter)].append(row)
    for (_, grade, letter), group in same.items():
        if len(group) > 1:
            told = [f"{row.grade} «{row.letter}» (запись {row.id})" for row in group]
            _tell(group[0].school_id, "классы одного года с одной литерой", told)
        elif group[0].letter != letter and 0 < len(letter) <= 3:
            text = f"{grade} {letter} {grade}{letter}".lower().replace("ё", "е")
            changed = CLASS.update().where(CLASS.c.id == group[0].id).values(letter=letter, search_text=text)
            connection.execute(changed)


def _tell(school_id, what, rows):
    code = op.get_bind().execute(sa.select(SCHOOL.c.code).where(SCHOOL.c.id == school_id)).scalar()
    print(f"Школа {code}: {what}: {', '.join(rows)}. Они оставлены как есть: исправьте их в панели.")
