"""officials: one card of the region's people has a СНИЛС

A number that stands in a second card of the region is taken out of it, and the card is named.

Revision ID: 20261203_10
Revises: 20261202_20
Create Date: 2026-11-28 10:45:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261203_10"
down_revision = "20261202_20"
branch_labels = None
depends_on = None

CARD = sa.table(
    "official", *(sa.column(name) for name in ("id", "municipality_id", "snils", "last_name", "first_name"))
)
REGIONS = CARD.c.municipality_id.is_(None)


def upgrade():
    _free_repeated()
    where = {"sqlite_where": sa.text("municipality_id IS NULL"), "postgresql_where": sa.text("municipality_id IS NULL")}
    op.create_index("uq_official_region_snils", "official", ["snils"], unique=True, **where)


def _free_repeated():
    other = CARD.alias("other")
    earlier = sa.exists().where(
        other.c.municipality_id.is_(None), other.c.snils == CARD.c.snils, other.c.id < CARD.c.id
    )
    for row in op.get_bind().execute(sa.select(CARD).where(REGIONS, earlier)).all():
        op.execute(sa.update(CARD).where(CARD.c.id == row.id).values(snils=None))
        print(f"СНИЛС {row.snils} повторялся и убран из карточки {row.last_name} {row.first_name}: впишите верный.")


def downgrade():
    op.drop_index("uq_official_region_snils", table_name="official")
