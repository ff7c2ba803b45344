"""Applications wait for a resolution

Revision: governance_0003, after governance_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "governance_0003"
down_revision = "governance_0002"
branch_labels = None
depends_on = None

_CHECKS = {
    "about_one_thing": "num_nonnulls(expenditure_id, application_id) = 1",
    "amount_of_expenditure": "(expenditure_id IS NULL) = (amount IS NULL)",
    "kind_of_expenditure": "(expenditure_id IS NULL) = (kind IS NULL)",
}


def upgrade() -> None:
    op.add_column("wanted_resolutions", sa.Column("application_id", sa.Uuid(), nullable=True))
    op.alter_column("wanted_resolutions", "expenditure_id", existing_type=sa.UUID(), nullable=True)
    op.alter_column("wanted_resolutions", "amount", existing_type=sa.BIGINT(), nullable=True)
    op.alter_column("wanted_resolutions", "kind", existing_type=sa.TEXT(), nullable=True)
    op.create_unique_constraint(op.f("uq_wanted_resolutions_application_id"), "wanted_resolutions", ["application_id"])
    for name, condition in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_wanted_resolutions_{name}"), "wanted_resolutions", condition)


def downgrade() -> None:
    for name in _CHECKS:
        op.drop_constraint(op.f(f"ck_wanted_resolutions_{name}"), "wanted_resolutions", type_="check")
    op.execute("DELETE FROM wanted_resolutions WHERE expenditure_id IS NULL")
    op.drop_constraint(op.f("uq_wanted_resolutions_application_id"), "wanted_resolutions", type_="unique")
    op.alter_column("wanted_resolutions", "kind", existing_type=sa.TEXT(), nullable=False)
    op.alter_column("wanted_resolutions", "amount", existing_type=sa.BIGINT(), nullable=False)
    op.alter_column("wanted_resolutions", "expenditure_id", existing_type=sa.UUID(), nullable=False)
    op.drop_column("wanted_resolutions", "application_id")
