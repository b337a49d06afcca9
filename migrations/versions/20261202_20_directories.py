"""directories: subjects, kinds of work, codes of absence, scales of marks, rooms and others

Revision ID: 20261202_20
Revises: 20261202_10
Create Date: 2026-11-28 08:30:00

"""

import sqlalchemy as sa
from alembic import op

from migrations.shared import hold_directory, hold_reach, release_directory, release_reach

revision = "20261202_20"
down_revision = "20261202_10"
branch_labels = None
depends_on = None

CODE_POINTS = sa.String(length=700).with_variant(sa.String(length=700, collation="C"), "postgresql")


def order():
    return sa.Column("sort_order", sa.Integer(), nullable=True)


def text(name, length):
    return sa.Column(name, sa.String(length=length), nullable=True)


def positive(table, column):
    return sa.CheckConstraint(f"{column} IS NULL OR {column} > 0", name=op.f(f"ck_{table}_{column}"))


def upgrade():
    make("subject_area", order())
    make(
        "subject",
        text("abbreviation", 30),
        sa.Column("area_id", sa.Integer(), nullable=True),
        order(),
        sa.ForeignKeyConstraint(["area_id"], ["subject_area.id"], name=op.f("fk_subject_area_id")),
    )
    op.create_index("ix_subject_area_id", "subject", ["area_id"])
    hold_reach("subject", "area_id", "subject_area")
    make("study_profile")
    make("achievement_kind")
    make("platform", text("address", 200))
    make(
        "room",
        text("building", 150),
        text("floor", 20),
        sa.Column("capacity", sa.Integer(), nullable=True),
        text("purpose", 150),
        positive("room", "capacity"),
    )
    make(
        "work_kind",
        text("abbreviation", 20),
        sa.Column("weight", sa.Numeric(5, 2)),
        order(),
        positive("work_kind", "weight"),
    )
    make(
        "absence_code",
        sa.Column("letters", sa.String(length=10), nullable=False),
        sa.Column("excused", sa.Boolean()),
        order(),
    )
    make("mark_scale", order(), sa.UniqueConstraint("id", "school_id", name=op.f("uq_mark_scale_id_school_id")))
    make_marks()
    make("movement_reason")
    make("family_category")
    make("preventive_category")
    make("health_group", order())
    make("consent_kind", text("purpose", 500))


def make(name, *more):
    """A table of a directory, held by the database."""
    op.create_table(
        name,
        *stamped(name),
        sa.Column("search_text", CODE_POINTS, nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        *more,
        sa.UniqueConstraint("school_id", "title", name=op.f(f"uq_{name}_school_id_title")),
        sa.UniqueConstraint("code", name=op.f(f"uq_{name}_code")),
    )
    region = sa.text("school_id IS NULL")
    op.create_index(f"ix_{name}_school_id", name, ["school_id"])
    op.create_index(
        f"uq_{name}_region", name, ["search_text"], unique=True, sqlite_where=region, postgresql_where=region
    )
    hold_directory(name)


def make_marks():
    op.create_table(
        "scale_mark",
        *stamped("scale_mark"),
        sa.Column("scale_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Numeric(6, 2), nullable=True),
        text("meaning", 150),
        sa.ForeignKeyConstraint(["scale_id"], ["mark_scale.id"], name=op.f("fk_scale_mark_scale_id")),
        sa.ForeignKeyConstraint(
            ["scale_id", "school_id"],
            ["mark_scale.id", "mark_scale.school_id"],
            name=op.f("fk_scale_mark_scale_id_school_id"),
        ),
        sa.UniqueConstraint("scale_id", "mark", name=op.f("uq_scale_mark_scale_id_mark")),
    )
    op.create_index("ix_scale_mark_school_id", "scale_mark", ["school_id"])
    op.create_index("ix_scale_mark_scale_id", "scale_mark", ["scale_id"])
    hold_reach("scale_mark", "scale_id", "mark_scale")


def stamped(name):
    """Columns and keys that every record has."""
    accounts = ("entered_by_id", "changed_by_id")
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=True),
        *(sa.Column(each, sa.Integer(), nullable=True) for each in accounts),
        *(sa.ForeignKeyConstraint([each], ["ab_user.id"], name=op.f(f"fk_{name}_{each}")) for each in accounts),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f(f"fk_{name}_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


NAMES = (
    "consent_kind", "health_group", "preventive_category", "family_category", "movement_reason", "mark_scale",
    "absence_code", "work_kind", "room", "platform", "achievement_kind", "study_profile", "subject", "subject_area",
)  # fmt: skip


def downgrade():
    release_reach("scale_mark", "scale_id")
    op.drop_table("scale_mark")
    release_reach("subject", "area_id")
    for name in NAMES:
        release_directory(name)
        op.drop_table(name)
