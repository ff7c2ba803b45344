"""Dues that are reduced

Revision: finance_0006, after finance_0005
"""

import sqlalchemy as sa
from alembic import op

revision = "finance_0006"
down_revision = "finance_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dues_reductions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reduced_on", sa.Date(), nullable=False),
        sa.Column("voucher", sa.Text(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_dues_reductions_amount_above_zero")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_reductions")),
    )
    op.create_index(op.f("ix_dues_reductions_invoice_id"), "dues_reductions", ["invoice_id"], unique=False)
    op.create_table(
        "dues_releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reduction_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("slip", sa.Text(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_dues_releases_amount_above_zero")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["receivables.id"], name=op.f("fk_dues_releases_invoice_id_receivables")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["dues_payments.id"], name=op.f("fk_dues_releases_payment_id_dues_payments")
        ),
        sa.ForeignKeyConstraint(
            ["reduction_id"], ["dues_reductions.id"], name=op.f("fk_dues_releases_reduction_id_dues_reductions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_releases")),
        sa.UniqueConstraint("reduction_id", "payment_id", name=op.f("uq_dues_releases_reduction_id_payment_id")),
    )
    op.create_index(op.f("ix_dues_releases_invoice_id"), "dues_releases", ["invoice_id"], unique=False)
    op.add_column("receivables", sa.Column("reduced", sa.BigInteger(), server_default="0", nullable=False))
    op.create_check_constraint(
        op.f("ck_receivables_reduced_at_most_amount"), "receivables", "reduced BETWEEN 0 AND amount"
    )


def downgrade() -> None:
    op.drop_column("receivables", "reduced")
    op.drop_index(op.f("ix_dues_releases_invoice_id"), table_name="dues_releases")
    op.drop_table("dues_releases")
    op.drop_index(op.f("ix_dues_reductions_invoice_id"), table_name="dues_reductions")
    op.drop_table("dues_reductions")
