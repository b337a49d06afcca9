"""search

Revision ID: 20261124_04
Revises: 20261124_03
Create Date: 2026-11-24 10:04:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261124_04"
down_revision = "20261124_03"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
