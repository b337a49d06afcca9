"""deleted

Revision ID: 20261124_02
Revises: 20261124_01
Create Date: 2026-11-24 10:02:00

"""

import sqlalchemy as sa
from alembic import op

revision = "20261124_02"
down_revision = "20261124_01"
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
