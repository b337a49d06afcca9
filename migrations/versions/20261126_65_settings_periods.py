"""settings periods: the settings of a school hold from a day to a day

What is there holds from the first day that terms are computed for, so every term stays what it was.

Revision ID: 20261126_65
Revises: 20261126_60
Create Date: 2026-11-26 16:00:00

"""

import sqlalchemy as sa
from alembic import op

from migrations.periods import allow_overlap, forbid_overlap

revision = "20261126_65"
down_revision = "20261126_60"
branch_labels = None
depends_on = None

SINCE = "2015-01-01"


def upgrade():
    with op.batch_alter_table("school_settings") as table:
        table.add_column(sa.Column("valid_from", sa.Date(), nullable=False, server_default=SINCE))
        table.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        table.drop_constraint("uq_school_settings_school_id", type_="unique")
    with op.batch_alter_table("school_settings") as table:
        table.alter_column("valid_from", existing_type=sa.Date(), existing_nullable=False, server_default=None)
    op.create_index("ix_school_settings_school_id", "school_settings", ["school_id"])
    forbid_overlap("school_settings", ["school_id"])


def downgrade():
    allow_overlap("school_settings")
    lost = op.get_bind().execute(
        sa.text(
            "DELETE FROM school_settings WHERE EXISTS (SELECT 1 FROM school_settings later"
            " WHERE later.school_id = school_settings.school_id AND later.valid_from > school_settings.valid_from)"
        )
    )
    if lost.rowcount:
        print(f"Настройки школ: прежних периодов убрано – {lost.rowcount}; остались последние.")
    op.drop_index("ix_school_settings_school_id", "school_settings")
    with op.batch_alter_table("school_settings") as table:
        table.create_unique_constraint("uq_school_settings_school_id", ["school_id"])
        table.drop_column("valid_to")
        table.drop_column("valid_from")
