"""Profiles of units

Revision: membership_0007, after membership_0006
"""

import sqlalchemy as sa
from alembic import op

revision = "membership_0007"
down_revision = "membership_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "profile_entries",
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("pk_profile_entries")),
    )
    op.create_index(op.f("ix_profile_entries_unit_id"), "profile_entries", ["unit_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_profile_entries_unit_id"), table_name="profile_entries")
    op.drop_table("profile_entries")
