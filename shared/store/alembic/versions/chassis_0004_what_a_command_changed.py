"""What a command changed, and from where

Revision: chassis_0004, after chassis_0003
"""

import sqlalchemy as sa
from alembic import op

revision = "chassis_0004"
down_revision = "chassis_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("address", "changes", "details"):
        op.add_column("audit", sa.Column(name, sa.Text(), nullable=True), schema="chassis")


def downgrade() -> None:
    for name in ("details", "changes", "address"):
        op.drop_column("audit", name, schema="chassis")
