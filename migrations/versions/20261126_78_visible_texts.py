"""Texts stored before lose what nobody sees (zero-width, soft hyphen, BOM, bidirectional, private, control).

The folded text and the keys follow. What would then be the same as another record, or empty, is listed and left alone.
The trail, the bin and the stamps are what they were at the time: they stay.

Revision ID: 20261126_78
Revises: 20261126_77
Create Date: 2026-11-26 20:40:00

"""

import re
import unicodedata
from contextlib import nullcontext

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import IntegrityError

revision = "20261126_78"
down_revision = "20261126_77"
branch_labels = None
depends_on = None

CHUNK = 1_000
# As the panel has them on the day of this script; a shipped script does not follow what changes there later.
PERSON = ("last_name", "first_name", "middle_name", "snils")
TEXTS = {
    "region": ("регион", ("name", "authority")),
    "municipality": ("муниципалитет", ("name", "authority")),
    "school": (
        "школа",
        ("code", "name", "full_name", "inn", "kpp", "ogrn", "address", "phone", "email", "director_name"),
    ),
    "ab_user": ("учётная запись", ("last_name", "first_name", "closed_reason")),
    "pupil": (
        "обучающийся",
        (*PERSON, "personal_file", "birth_certificate", "foreign_document", "address", "phone", "email"),
    ),
    "parent": ("родитель", (*PERSON, "phone", "email", "address", "workplace")),
    "employee": ("сотрудник", (*PERSON, "inn", "phone", "email", "hiring_order")),
    "position": ("должность", ("title",)),
    "school_class": ("класс", ("letter",)),
    "appointment": ("назначение", ("order_number",)),
    "movement_order": ("приказ", ("number", "note", "annulment_reason")),
    "movement_line": ("строка приказа", ("counterpart", "reason")),
    "year_outcome": ("итог года", ("protocol",)),
    "lawful_study": ("отметка о законной учёбе", ("reason", "withdrawal_reason")),
    "region_calendar_day": ("день календаря региона", ("act", "act_number")),
    "school_calendar_day": ("день календаря школы", ("act", "act_number")),
}
SEARCHED = {
    "municipality": ("name",),
    "school": ("name", "full_name", "code", "inn"),
    "ab_user": ("last_name", "first_name", "username"),
    "pupil": (*PERSON, "personal_file"),
    "parent": (*PERSON, "phone"),
    "employee": PERSON,
    "position": ("title",),
    "school_class": ("grade", "letter", "name_key"),
    "movement_order": ("number", "note"),
}
LONG_NUMBER = 7
INVISIBLE = ("Cf", "Cc", "Co", "Cs")
LOOKALIKES = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")
NOT_WORD = re.compile(r"[\W_]+")
SCHOOL = sa.table("school", sa.column("id"), sa.column("code"))


def visible(text):
    spaced = re.sub("[\t\v\f]", " ", text)
    kept = "".join(each for each in spaced if each in "\r\n" or unicodedata.category(each) not in INVISIBLE)
    return text if kept == text else kept.strip()


def search_key(text):
    return NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")).strip()


def search_text(names, row):
    texts = [str(row.get(name) or "") for name in names]
    numbers = [digits for digits in (re.sub(r"\D", "", text) for text in texts) if len(digits) >= LONG_NUMBER]
    return search_key(" ".join([*texts, *numbers]))[:700]


def person_key(row):
    names = (search_key(row[name]).replace(" ", "") for name in ("last_name", "first_name"))
    return " ".join(name.upper().translate(LOOKALIKES) for name in names)


def upgrade():
    for name, (title, columns) in TEXTS.items():
        _clean(sa.Table(name, sa.MetaData(), autoload_with=op.get_bind()), title, columns)


def downgrade():
    """What was not seen is not missed."""


def _clean(table, title, columns):
    connection, last = op.get_bind(), 0
    rows = sa.select(table).order_by(table.c.id).limit(CHUNK)
    while found := connection.execute(rows.where(table.c.id > last)).mappings().all():
        for row in map(dict, found):
            cleaned = {name: visible(row[name]) for name in columns if row[name]}
            changes = {name: text or None for name, text in cleaned.items() if text != row[name]}
            if changes:
                _change(table, title, row, changes)
        last = found[-1]["id"]


def _change(table, title, row, changes):
    """The row at once; where another stands in the way, each text by itself."""
    for name in [name for name, text in changes.items() if text is None and not table.c[name].nullable]:
        changes.pop(name)
        _tell(title, row, "состоит из одних невидимых знаков")
    if not changes or _written(table, row, changes):
        return
    for name, text in changes.items():
        if _written(table, row, {name: text}):
            row[name] = text
        else:
            _tell(title, row, f"«{text}» без невидимых знаков повторяет другую запись")


def _written(table, row, changes):
    connection = op.get_bind()
    values = changes | _derived(table.name, row | changes)
    try:
        # SQLite takes back the statement alone; PostgreSQL the whole transaction.
        with nullcontext() if connection.dialect.name == "sqlite" else connection.begin_nested():
            connection.execute(table.update().where(table.c.id == row["id"]).values(values))
    except IntegrityError:
        return False
    return True


def _derived(name, row):
    found = {}
    if name == "school_class":
        row = row | {"name_key": f"{row['grade']}{row['letter']}"}
    if name in SEARCHED:
        found["search_text"] = search_text(SEARCHED[name], row)
    if name in ("pupil", "parent", "employee"):
        found["person_key"] = person_key(row)
    return found


def _tell(title, row, what):
    school = op.get_bind().execute(sa.select(SCHOOL.c.code).where(SCHOOL.c.id == row.get("school_id"))).scalar()
    place = f"Школа {school}: " if school else ""
    print(f"{place}{title} (запись {row['id']}): {what}. Оставлено как есть: исправьте в панели.")
