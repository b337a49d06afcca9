"""grade weeks: weeks of grades beside the office's; an override of the calendar has its act's number and date

Numbers and dates are taken from what was typed where they stand there exactly; other rows and time zones that are none
of Russia's are listed and left alone.

Revision ID: 20261126_94
Revises: 20261126_91
Create Date: 2026-11-26 19:45:00

"""

import re
from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "20261126_94"
down_revision = "20261126_91"
branch_labels = None
depends_on = None

DAYS = ("region_calendar_day", "school_calendar_day")
ACTS = (
    re.compile(r"^(?P<act>.*\S)[\s,]+№\s*(?P<number>[^\s,;]+)\s+от\s+(?P<day>\d\d\.\d\d\.\d{4})(\s*г\.?)?\s*$"),
    re.compile(r"^(?P<act>.*\S)[\s,]+от\s+(?P<day>\d\d\.\d\d\.\d{4})(\s*г\.?)?\s+№\s*(?P<number>[^\s,;]+)\s*$"),
)
RUSSIAN = [
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Kirov",
    "Europe/Volgograd",
    "Europe/Samara",
    "Europe/Astrakhan",
    "Europe/Saratov",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Novosibirsk",
    "Asia/Tomsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Chita",
    "Asia/Vladivostok",
    "Asia/Sakhalin",
    "Asia/Srednekolymsk",
    "Asia/Magadan",
    "Asia/Kamchatka",
    "Asia/Anadyr",
]


def upgrade():
    for name in DAYS:
        op.add_column(name, sa.Column("act_number", sa.String(length=50), nullable=True))
        op.add_column(name, sa.Column("act_date", sa.Date(), nullable=True))
        _split(name)
    _list_zones()
    with op.batch_alter_table("school_settings") as table:
        table.create_unique_constraint(op.f("uq_school_settings_id_school_id"), ["id", "school_id"])
    op.create_table(
        "grade_week",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("settings_id", sa.Integer(), nullable=False),
        sa.Column("grade_from", sa.Integer(), nullable=False),
        sa.Column("grade_to", sa.Integer(), nullable=False),
        sa.Column("work_week", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("work_week IN (5, 6)", name=op.f("ck_grade_week_work_week")),
        sa.CheckConstraint(
            "grade_from >= 1 AND grade_to <= 11 AND grade_from <= grade_to", name=op.f("ck_grade_week_grades")
        ),
        sa.ForeignKeyConstraint(
            ["settings_id", "school_id"],
            ["school_settings.id", "school_settings.school_id"],
            name=op.f("fk_grade_week_settings_id_school_id"),
        ),
        sa.ForeignKeyConstraint(["changed_by_id"], ["ab_user.id"], name=op.f("fk_grade_week_changed_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["ab_user.id"], name=op.f("fk_grade_week_entered_by_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_grade_week_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_week")),
    )
    op.create_index("ix_grade_week_school_id", "grade_week", ["school_id"])
    op.create_index("ix_grade_week_settings_id", "grade_week", ["settings_id"])


def _split(name):
    """«Указ № 1 от 01.08.2026» becomes act, number and date."""
    table = sa.table(name, *(sa.column(each) for each in ("id", "act", "act_number")), sa.column("act_date", sa.Date))
    unclear = []
    for key, text in op.get_bind().execute(sa.select(table.c.id, table.c.act)).all():
        parts = _parts(text)
        if parts is None:
            unclear.append(f"№ {key} «{text}»")
        else:
            op.get_bind().execute(table.update().where(table.c.id == key).values(parts))
    if unclear:
        print(f"Таблица {name}: номер и дата акта не выделены в строках {', '.join(unclear)}. "
              "Они оставлены как есть: впишите номер и дату в панели.")  # fmt: skip


def _parts(text):
    found = next((match for pattern in ACTS if (match := pattern.match(text))), None)
    try:
        day = found and datetime.strptime(found["day"], "%d.%m.%Y").date()  # noqa: DTZ007 - a date, not an instant
    except ValueError:
        return None
    return found and {"act": found["act"], "act_number": found["number"][:50], "act_date": day}


def _list_zones():
    rows = sa.text("SELECT school.code, time_zone FROM school_settings JOIN school ON school.id = school_id")
    foreign = sorted({f"{code} ({zone})" for code, zone in op.get_bind().execute(rows) if zone not in RUSSIAN})
    if foreign:
        print(f"Настройки школ: часовой пояс не из списка России: {', '.join(foreign)}. "
              "Оставлен как есть: выберите пояс в настройках школы.")  # fmt: skip


def downgrade():
    op.drop_table("grade_week")
    with op.batch_alter_table("school_settings") as table:
        table.drop_constraint(op.f("uq_school_settings_id_school_id"), type_="unique")
    for name in DAYS:
        _join(name)
        with op.batch_alter_table(name) as table:
            table.drop_column("act_date")
            table.drop_column("act_number")


def _join(name):
    """Number and date go back into the text."""
    table = sa.table(name, *(sa.column(each) for each in ("id", "act", "act_number")), sa.column("act_date", sa.Date))
    for row in op.get_bind().execute(sa.select(table).where(table.c.act_number.is_not(None))).all():
        text = f"{row.act} № {row.act_number}" + (f" от {row.act_date:%d.%m.%Y}" if row.act_date else "")
        op.get_bind().execute(table.update().where(table.c.id == row.id).values(act=text[:300]))
