"""officials: cards of the people of municipalities' authorities and of the region

Who holds such a role already gets a card by his account, so that nothing ends; what the card lacks is listed.

Revision ID: 20261202_10
Revises: 20261201_10
Create Date: 2026-11-28 08:30:00

"""

import re
from datetime import UTC, datetime, time

import sqlalchemy as sa
from alembic import op

revision = "20261202_10"
down_revision = "20261201_10"
branch_labels = None
depends_on = None

BY = "Обновление системы"
FOLDED = sa.String(length=700).with_variant(sa.String(length=700, collation="C"), "postgresql")
CYRILLIC = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")
FILLED = "(CASE WHEN {}_id IS NULL THEN 0 ELSE 1 END)"
OLD = " + ".join(map(FILLED.format, ("employee", "pupil", "parent")))
NEW = f"{OLD} + {FILLED.format('official')}"


def upgrade():
    op.create_table(
        "official",
        sa.Column("municipality_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.String(length=150), nullable=True),
        sa.Column("hired_on", sa.Date(), nullable=False),
        sa.Column("dismissed_on", sa.Date(), nullable=True),
        sa.Column("phone", sa.String(length=25), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("last_name", sa.String(length=60), nullable=False),
        sa.Column("first_name", sa.String(length=60), nullable=False),
        sa.Column("middle_name", sa.String(length=60), nullable=True),
        sa.Column("snils", sa.String(length=14), nullable=True),
        sa.Column("person_key", sa.String(length=121), nullable=False),
        sa.Column("search_text", FOLDED, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("dismissed_on IS NULL OR dismissed_on >= hired_on", name=op.f("ck_official_dismissed_on")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["ab_user.id"], name=op.f("fk_official_changed_by_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["ab_user.id"], name=op.f("fk_official_entered_by_id")),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_official_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official")),
        sa.UniqueConstraint("municipality_id", "snils", name=op.f("uq_official_municipality_id_snils")),
    )
    op.create_index("ix_official_municipality_id", "official", ["municipality_id"])
    op.create_index("ix_official_search_text", "official", ["search_text", "id"])
    with op.batch_alter_table("account_person") as table:
        table.add_column(sa.Column("official_id", sa.Integer(), nullable=True))
        table.alter_column("school_id", existing_type=sa.Integer(), nullable=True)
        table.drop_constraint(op.f("ck_account_person_one_person"), type_="check")
        table.create_check_constraint(op.f("ck_account_person_one_person"), f"{NEW} = 1")
        table.create_check_constraint(
            op.f("ck_account_person_school"), "(official_id IS NULL) = (school_id IS NOT NULL)"
        )
        table.create_foreign_key(op.f("fk_account_person_official_id"), "official", ["official_id"], ["id"])
        table.create_unique_constraint(op.f("uq_account_person_account_id_official_id"), ["account_id", "official_id"])
    op.create_index("ix_account_person_official_id", "account_person", ["official_id"])
    carry_over()


ACCOUNT = sa.table("ab_user", *(sa.column(name) for name in ("id", "username", "last_name", "first_name", "email")))
APPOINTMENT = sa.table(
    "appointment",
    *(sa.column(name) for name in ("account_id", "role", "municipality_id")),
    sa.column("valid_from", sa.Date()),
)


def _stamp():
    return (
        *(sa.column(name) for name in ("version", "entered_by")),
        sa.column("entered_at", sa.DateTime(timezone=True)),
        sa.column("entered_on", sa.Date()),
    )


OFFICIAL = sa.table(
    "official",
    *(sa.column(name) for name in ("id", "municipality_id", "last_name", "first_name", "middle_name", "email")),
    *(sa.column(name) for name in ("person_key", "search_text")),
    sa.column("hired_on", sa.Date()),
    *_stamp(),
)
PERSON = sa.table("account_person", sa.column("account_id"), sa.column("official_id"), *_stamp())


def carry_over():
    """A card for each account and authority; from the first day of its orders, ended ones too. They are stamped with
    that day, as no better is known."""
    connection = op.get_bind()
    rows = connection.execute(_held()).all()
    for row in rows:
        card, entered = _card(row), datetime.combine(row.since, time(1), UTC)
        stamp = {"version": 1, "entered_at": entered, "entered_on": row.since, "entered_by": BY}
        key = connection.execute(sa.insert(OFFICIAL).values(card | stamp).returning(OFFICIAL.c.id)).scalar_one()
        connection.execute(sa.insert(PERSON).values(account_id=row.id, official_id=key, **stamp))
    if rows:
        told = ", ".join(f"{row.last_name} {row.first_name} ({row.username})".strip() for row in rows)
        print(f"Сотрудникам органов управления заведены карточки по учётным записям: {len(rows)}. {told}.")
        print(
            "Проверьте в них имя и первый рабочий день, впишите должность и телефон: «Территория → Сотрудники органов»."
        )


def _held():
    above = APPOINTMENT.c.role.in_(("municipal", "regional"))
    return (
        sa.select(ACCOUNT, APPOINTMENT.c.municipality_id, sa.func.min(APPOINTMENT.c.valid_from).label("since"))
        .join(APPOINTMENT, APPOINTMENT.c.account_id == ACCOUNT.c.id)
        .where(above)
        .group_by(*ACCOUNT.c, APPOINTMENT.c.municipality_id)
        .order_by(ACCOUNT.c.id, APPOINTMENT.c.municipality_id)
    )


def _card(row):
    """«Имя Отчество» of the account are two names of the card; what has no first name keeps a dash."""
    first, _, middle = (row.first_name or "—").partition(" ")
    names = {
        "last_name": row.last_name[:60] or "—",
        "first_name": first[:60],
        "middle_name": middle.strip()[:60] or None,
    }
    folded = [re.sub(r"\W", " ", name.casefold().replace("ё", "е")) for name in names.values() if name]
    key = " ".join(each.replace(" ", "").upper().translate(CYRILLIC) for each in folded[:2])
    mail = row.email if row.email and not row.email.endswith("invalid") else None
    return names | {
        "municipality_id": row.municipality_id,
        "email": mail and mail[:200],
        "person_key": key,
        "search_text": " ".join(folded),
        "hired_on": row.since,
    }


def downgrade():
    op.execute("DELETE FROM account_person WHERE official_id IS NOT NULL")
    op.drop_index("ix_account_person_official_id", table_name="account_person")
    with op.batch_alter_table("account_person") as table:
        table.drop_constraint(op.f("uq_account_person_account_id_official_id"), type_="unique")
        table.drop_constraint(op.f("fk_account_person_official_id"), type_="foreignkey")
        table.drop_constraint(op.f("ck_account_person_school"), type_="check")
        table.drop_constraint(op.f("ck_account_person_one_person"), type_="check")
        table.create_check_constraint(op.f("ck_account_person_one_person"), f"{OLD} = 1")
        table.alter_column("school_id", existing_type=sa.Integer(), nullable=False)
        table.drop_column("official_id")
    if op.get_bind().dialect.name == "postgresql":  # the way up again gives the same numbers
        op.execute(
            "SELECT setval('account_person_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM account_person), false)"
        )
    op.drop_table("official")
