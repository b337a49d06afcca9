"""personal

Revision ID: 20261124_01
Revises: 20261123_01
Create Date: 2026-11-24 10:01:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261124_01"
down_revision = "20261123_01"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
