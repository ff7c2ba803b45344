"""Which unit sent a candidate, so that it keeps its own people from the scores

Revision: certification_0002, after certification_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "certification_0002"
down_revision = "certification_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("candidates", sa.Column("unit_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_candidates_unit_id"), "candidates", ["unit_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_candidates_unit_id"), "candidates")
    op.drop_column("candidates", "unit_id")
