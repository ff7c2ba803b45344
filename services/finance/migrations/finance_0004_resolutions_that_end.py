"""Resolutions that end, and the signatures that rest on them

Revision: finance_0004, after finance_0003
"""

import sqlalchemy as sa
from alembic import op

revision = "finance_0004"
down_revision = "finance_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("expenditure_resolutions", sa.Column("ended_on", sa.Date(), nullable=True))
    op.add_column("expenditure_signatures", sa.Column("resolution_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE expenditure_signatures SET resolution_id = e.resolution_id FROM expenditures e WHERE e.id = expenditure_id"
    )
    op.drop_constraint(op.f("uq_expenditure_signatures_expenditure_id_person_id"), "expenditure_signatures")
    op.create_unique_constraint(
        op.f("uq_expenditure_signatures_once"),
        "expenditure_signatures",
        ["expenditure_id", "person_id", "resolution_id"],
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_constraint(op.f("uq_expenditure_signatures_once"), "expenditure_signatures")
    op.create_unique_constraint(
        op.f("uq_expenditure_signatures_expenditure_id_person_id"),
        "expenditure_signatures",
        ["expenditure_id", "person_id"],
    )
    op.drop_column("expenditure_signatures", "resolution_id")
    op.drop_column("expenditure_resolutions", "ended_on")
