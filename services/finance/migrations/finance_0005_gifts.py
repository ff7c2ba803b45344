"""Gifts

Revision: finance_0005, after finance_0004
"""

import sqlalchemy as sa
from alembic import op

revision = "finance_0005"
down_revision = "finance_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gifts",
        sa.Column("gift_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("requester_id", sa.Uuid(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("voucher", sa.Text(), nullable=True),
        sa.Column("reversed_on", sa.Date(), nullable=True),
        sa.Column("reversal", sa.Text(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_gifts_amount_above_zero")),
        sa.PrimaryKeyConstraint("gift_id", name=op.f("pk_gifts")),
    )


def downgrade() -> None:
    op.drop_table("gifts")
