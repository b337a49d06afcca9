"""study periods may be of some grades alone: 9 and 11 end their last one earlier than the others

Every period that stands is of all grades, as before.

Revision ID: 20261127_97
Revises: 20261127_95
Create Date: 2026-11-27 07:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_97"
down_revision = "20261127_95"
branch_labels = None
depends_on = None

OLD, NEW = ("academic_year_id", "kind", "number"), ("academic_year_id", "grade_from", "kind", "number")
CHECKS = {
    "grades": "grade_from BETWEEN 1 AND 11 AND grade_to BETWEEN 1 AND 11",
    "grades_order": "grade_from IS NULL OR grade_to IS NULL OR grade_from <= grade_to",
}
KIND = "CASE kind WHEN 'quarter' THEN 1 WHEN 'trimester' THEN 2 ELSE 3 END"
OF_GRADES = "int4range(coalesce(grade_from, 1), coalesce(grade_to, 11), '[]') WITH &&, "


def upgrade():
    with op.batch_alter_table("study_period") as table:
        table.add_column(sa.Column("grade_from", sa.Integer(), nullable=True))
        table.add_column(sa.Column("grade_to", sa.Integer(), nullable=True))
        table.drop_constraint(_unique(OLD), type_="unique")
        table.create_unique_constraint(_unique(NEW), NEW)
        for name, condition in CHECKS.items():
            table.create_check_constraint(op.f(f"ck_study_period_{name}"), condition)
    with op.batch_alter_table("held_span") as table:
        table.add_column(sa.Column("grade_from", sa.Integer(), nullable=True))
        table.add_column(sa.Column("grade_to", sa.Integer(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        said = _exclusion()
        op.execute("ALTER TABLE study_period DROP CONSTRAINT ex_study_period_period")
        _add("period", said.replace("daterange(", OF_GRADES + "daterange(", 1))
        numbered = ("academic_year_id", KIND, "number")
        same = ", ".join(f"int4range({each}, {each}, '[]') WITH &&" for each in numbered)
        _add("number", f"EXCLUDE USING gist ({OF_GRADES}{same}) DEFERRABLE INITIALLY DEFERRED")


def downgrade():
    """A period of some grades goes back among those of all only where its number is free."""
    twice = "SELECT academic_year_id, kind, number FROM study_period GROUP BY 1, 2, 3 HAVING count(*) > 1"
    found = op.get_bind().execute(sa.text(twice)).all()
    if found:
        raise RuntimeError(f"Периоды разных классов под одним номером: {len(found)}. Оставьте по одному и повторите.")
    if op.get_bind().dialect.name == "postgresql":
        said = _exclusion()
        for name in ("period", "number"):
            op.execute(f"ALTER TABLE study_period DROP CONSTRAINT ex_study_period_{name}")
        first, _, rest = said.partition("int4range(COALESCE(grade_from")
        _add("period", first + rest.partition("WITH &&, ")[2])
    with op.batch_alter_table("held_span") as table:
        table.drop_column("grade_to")
        table.drop_column("grade_from")
    with op.batch_alter_table("study_period") as table:
        for name in CHECKS:
            table.drop_constraint(op.f(f"ck_study_period_{name}"), type_="check")
        table.drop_constraint(_unique(NEW), type_="unique")
        table.create_unique_constraint(_unique(OLD), OLD)
        table.drop_column("grade_to")
        table.drop_column("grade_from")


def _unique(columns):
    return op.f(f"uq_study_period_{'_'.join(columns)}")


def _exclusion():
    """As it stands: rows that met before it was made are left out of it by their numbers."""
    asked = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ex_study_period_period'"
    return op.get_bind().execute(sa.text(asked)).scalar()


def _add(name, said):
    op.execute(f"ALTER TABLE study_period ADD CONSTRAINT ex_study_period_{name} {said}")
