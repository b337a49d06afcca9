"""Corrections: what was asked to be set right and what was decided of it; what a record is judged by since.

Revision ID: 20261127_20
Revises: 20261126_78
Create Date: 2026-11-26 22:20:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_20"
down_revision = "20261126_78"
branch_labels = None
depends_on = None

KINDS = (
    "date",
    "person",
    "no_event",
    "twice",
    "replaced",
    "withdrawn",
    "known_later",
    "moved",
    "conditions",
    "bettering",
)
STATES = ("waiting", "confirmed", "refused")
CORRECTED = ("entry", "freed", "standing")
FOLDED = sa.String(length=700).with_variant(sa.String(length=700, collation="C"), "postgresql")
ASKED = sa.text("state = 'waiting' AND kind <> 'bettering'")
ACCOUNTS = ("entered_by_id", "changed_by_id", "decided_by_id")


def _choice(name, members):
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade():
    op.create_table(
        "correction",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("correctionkind", KINDS), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=500), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=True),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("other_about", sa.String(length=500), nullable=True),
        sa.Column("trigger_on", sa.Date(), nullable=True),
        sa.Column("document_number", sa.String(length=50), nullable=True),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", _choice("correctionstate", STATES), nullable=False),
        sa.Column("refusal", sa.String(length=500), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("involved_ids", sa.JSON(), nullable=False),
        sa.Column("effect", sa.JSON(), nullable=True),
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
        sa.CheckConstraint("state <> 'refused' OR refusal IS NOT NULL", name=op.f("ck_correction_refusal")),
        *(sa.ForeignKeyConstraint([name], ["ab_user.id"], name=op.f(f"fk_correction_{name}")) for name in ACCOUNTS),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_correction_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_correction_id_school_id")),
    )
    op.create_index(
        "uq_correction_waiting",
        "correction",
        ["subject", "subject_id", "kind"],
        unique=True,
        sqlite_where=ASKED,
        postgresql_where=ASKED,
    )
    op.create_index("ix_correction_subject", "correction", ["subject", "subject_id"])
    op.create_index("ix_correction_school", "correction", ["school_id", "state", "id"])
    op.create_index("ix_correction_entered_by", "correction", ["entered_by_id", "state", "id"])
    _corrected_entries()


def _corrected_entries():
    op.create_table(
        "corrected_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("corrected", _choice("correctedto", CORRECTED), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("trigger_on", sa.Date(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.String(length=200), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["correction_id"], ["correction.id"], name=op.f("fk_corrected_entry_correction_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_corrected_entry_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrected_entry")),
    )
    op.create_index("ix_corrected_entry_subject", "corrected_entry", ["subject", "subject_id"])
    op.create_index("ix_corrected_entry_school", "corrected_entry", ["school_id"])
    op.create_index("ix_corrected_entry_correction", "corrected_entry", ["correction_id"])


def downgrade():
    op.drop_table("corrected_entry")
    op.drop_table("correction")
