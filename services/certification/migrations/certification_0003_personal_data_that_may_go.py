"""Personal data that may go

Revision: certification_0003, after certification_0002
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "certification_0003"
down_revision = "certification_0002"
branch_labels = None
depends_on = None

COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "identity_sealed": sa.LargeBinary(),
    "identity_index": sa.Text(),
    "identity_last4": sa.Text(),
    "sex": sa.Text(),
}


def upgrade() -> None:
    for column, kind in COLUMNS.items():
        op.alter_column("candidates", column, existing_type=kind, nullable=True)


def downgrade() -> None:
    # Fails where something was erased meanwhile: it cannot come back.
    for column, kind in COLUMNS.items():
        op.alter_column("candidates", column, existing_type=kind, nullable=False)
