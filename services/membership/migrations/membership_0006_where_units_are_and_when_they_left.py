"""Where units are and when they left

Revision: membership_0006, after membership_0005
"""

import sqlalchemy as sa
from alembic import op

revision = "membership_0006"
down_revision = "membership_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("units", sa.Column("place", sa.Text(), nullable=True))
    op.add_column("units", sa.Column("left_on", sa.Date(), nullable=True))
    op.add_column("units", sa.Column("left_how", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("units", "left_how")
    op.drop_column("units", "left_on")
    op.drop_column("units", "place")
