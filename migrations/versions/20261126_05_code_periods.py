"""code periods: a municipality has one ОКТМО code on a day

Revision ID: 20261126_05
Revises: 20261124_05
Create Date: 2026-11-26 10:45:00

"""

from migrations.periods import allow_overlap, forbid_overlap

revision = "20261126_05"
down_revision = "20261124_05"
branch_labels = None
depends_on = None


def upgrade():
    forbid_overlap("municipality_code", ["municipality_id"])


def downgrade():
    allow_overlap("municipality_code")
