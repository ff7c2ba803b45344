"""Reductions of invoices

Revision: membership_0015, after membership_0014
"""

import sqlalchemy as sa
from alembic import op

revision = "membership_0015"
down_revision = "membership_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invoice_reductions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("leaving_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("first_month", sa.BigInteger(), nullable=False),
        sa.Column("last_month", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reduced_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_invoice_reductions_amount_above_zero")),
        sa.CheckConstraint(
            "last_month BETWEEN first_month - 1 AND 11", name=op.f("ck_invoice_reductions_fewer_months")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["dues_invoices.id"], name=op.f("fk_invoice_reductions_invoice_id_dues_invoices")
        ),
        sa.ForeignKeyConstraint(
            ["leaving_id"], ["unit_leavings.id"], name=op.f("fk_invoice_reductions_leaving_id_unit_leavings")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_invoice_reductions_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_reductions")),
        sa.UniqueConstraint("invoice_id", "leaving_id", name=op.f("uq_invoice_reductions_invoice_id_leaving_id")),
    )
    op.create_index(op.f("ix_invoice_reductions_unit_id"), "invoice_reductions", ["unit_id"], unique=False)
    op.add_column("dues_invoices", sa.Column("owed_through", sa.BigInteger(), server_default="12", nullable=False))
    op.execute("UPDATE dues_invoices SET owed_through = last_month")
    op.add_column("dues_invoices", sa.Column("part", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("dues_invoices", sa.Column("reduced", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("dues_invoices", sa.Column("drawn", sa.BigInteger(), nullable=True))
    op.add_column("dues_invoices", sa.Column("credit", sa.BigInteger(), server_default="0", nullable=False))
    op.create_check_constraint(
        op.f("ck_dues_invoices_reduced_at_most_amount"), "dues_invoices", "reduced BETWEEN 0 AND amount"
    )
    op.create_check_constraint(
        op.f("ck_dues_invoices_owed_through_its_months"),
        "dues_invoices",
        "owed_through BETWEEN first_month - 1 AND last_month",
    )
    op.drop_constraint(op.f("uq_dues_invoices_unit_id_year"), "dues_invoices", type_="unique")
    op.create_unique_constraint(
        op.f("uq_dues_invoices_unit_id_year_part"), "dues_invoices", ["unit_id", "year", "part"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("uq_dues_invoices_unit_id_year_part"), "dues_invoices", type_="unique")
    op.create_unique_constraint(op.f("uq_dues_invoices_unit_id_year"), "dues_invoices", ["unit_id", "year"])
    op.drop_column("dues_invoices", "credit")
    op.drop_column("dues_invoices", "drawn")
    op.drop_column("dues_invoices", "reduced")
    op.drop_column("dues_invoices", "part")
    op.drop_column("dues_invoices", "owed_through")
    op.drop_index(op.f("ix_invoice_reductions_unit_id"), table_name="invoice_reductions")
    op.drop_table("invoice_reductions")
