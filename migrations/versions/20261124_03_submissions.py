"""submissions

Revision ID: 20261124_03
Revises: 20261124_02
Create Date: 2026-11-24 10:03:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261124_03"
down_revision = "20261124_02"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
