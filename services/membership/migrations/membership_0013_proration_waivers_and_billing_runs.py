"""Proration, waivers and publication of dues standards, and billing runs

Revision: membership_0013, after membership_0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "membership_0013"
down_revision = "membership_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "billing_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("preview", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("through_unit_id", sa.Uuid(), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_runs")),
    )
    op.create_index(op.f("ix_billing_runs_year"), "billing_runs", ["year"], unique=False)
    op.create_table(
        "dues_waivers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("standard_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("unit", sa.Uuid(), nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(tier IS NULL) <> (unit IS NULL)", name=op.f("ck_dues_waivers_tier_or_unit")),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["dues_standards.id"], name=op.f("fk_dues_waivers_standard_id_dues_standards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dues_waivers")),
        sa.UniqueConstraint(
            "standard_id",
            "tier",
            "unit",
            "year",
            name=op.f("uq_dues_waivers_standard_id_tier_unit_year"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "billing_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("first_month", sa.BigInteger(), nullable=True),
        sa.Column("last_month", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["dues_invoices.id"], name=op.f("fk_billing_lines_invoice_id_dues_invoices")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["billing_runs.id"], name=op.f("fk_billing_lines_run_id_billing_runs")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_billing_lines_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_lines")),
        sa.UniqueConstraint("run_id", "unit_id", name=op.f("uq_billing_lines_run_id_unit_id")),
    )
    op.create_index(op.f("ix_billing_lines_unit_id"), "billing_lines", ["unit_id"], unique=False)
    op.add_column("dues_invoices", sa.Column("first_month", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("dues_invoices", sa.Column("last_month", sa.BigInteger(), server_default="12", nullable=False))
    op.create_check_constraint(
        op.f("ck_dues_invoices_months_of_a_year"),
        "dues_invoices",
        "1 <= first_month AND first_month <= last_month AND last_month <= 12",
    )
    op.add_column("dues_invoices", sa.Column("run_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_dues_invoices_open",
        "dues_invoices",
        ["tier", "due_on"],
        unique=False,
        postgresql_include=["owes", "unit_id"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(op.f("ix_dues_invoices_run_id"), "dues_invoices", ["run_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_dues_invoices_run_id_billing_runs"), "dues_invoices", "billing_runs", ["run_id"], ["id"]
    )
    op.add_column("dues_standards", sa.Column("joining", sa.Text(), server_default="whole_year", nullable=False))
    op.add_column("dues_standards", sa.Column("leaving", sa.Text(), server_default="nothing_back", nullable=False))
    op.add_column("dues_standards", sa.Column("publish_by", sa.Date(), nullable=True))
    op.add_column("dues_standards", sa.Column("publication_terms", sa.Text(), nullable=True))
    op.execute(
        "UPDATE dues_standards SET publish_by = adopted_on + 30, publication_terms = 'dues-publication-2014-07-25'"
        " WHERE adopted_on >= '2014-07-25'"
    )
    op.add_column("dues_standards", sa.Column("published_on", sa.Date(), nullable=True))
    op.add_column("dues_standards", sa.Column("published_by", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("dues_standards", "published_by")
    op.drop_column("dues_standards", "published_on")
    op.drop_column("dues_standards", "publication_terms")
    op.drop_column("dues_standards", "publish_by")
    op.drop_column("dues_standards", "leaving")
    op.drop_column("dues_standards", "joining")
    op.drop_constraint(op.f("fk_dues_invoices_run_id_billing_runs"), "dues_invoices", type_="foreignkey")
    op.drop_index(op.f("ix_dues_invoices_run_id"), table_name="dues_invoices")
    op.drop_index("ix_dues_invoices_open", table_name="dues_invoices")
    op.drop_constraint("ck_dues_invoices_months_of_a_year", "dues_invoices", type_="check")
    op.drop_column("dues_invoices", "run_id")
    op.drop_column("dues_invoices", "last_month")
    op.drop_column("dues_invoices", "first_month")
    op.drop_index(op.f("ix_billing_lines_unit_id"), table_name="billing_lines")
    op.drop_table("billing_lines")
    op.drop_table("dues_waivers")
    op.drop_index(op.f("ix_billing_runs_year"), table_name="billing_runs")
    op.drop_table("billing_runs")
