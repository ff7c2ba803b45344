"""Reminders, notices and mail addresses

Revision: membership_0012, after membership_0011
"""

import sqlalchemy as sa
from alembic import op

revision = "membership_0012"
down_revision = "membership_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("sent_to", sa.Text(), nullable=True),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_notices_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_notices_mail_id")),
        sa.UniqueConstraint("unit_id", "kind", "about", name=op.f("uq_notices_unit_id_kind_about")),
    )
    op.create_table(
        "unit_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("mail_address", sa.LargeBinary(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_unit_contacts_person_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_contacts_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_contacts")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_unit_contacts_unit_id")),
    )
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("schedule", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("means", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("sent_to", sa.Text(), nullable=True),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["dues_invoices.id"], name=op.f("fk_reminders_invoice_id_dues_invoices")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_reminders_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("invoice_id", "step", name=op.f("uq_reminders_invoice_id_step")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_reminders_mail_id")),
    )
    op.create_index(op.f("ix_reminders_invoice_id"), "reminders", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_reminders_outcome"), "reminders", ["outcome"], unique=False)
    op.create_index(op.f("ix_reminders_unit_id"), "reminders", ["unit_id"], unique=False)
    op.add_column("accounts", sa.Column("mail_address", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("accounts", "mail_address")
    op.drop_index(op.f("ix_reminders_unit_id"), table_name="reminders")
    op.drop_index(op.f("ix_reminders_outcome"), table_name="reminders")
    op.drop_index(op.f("ix_reminders_invoice_id"), table_name="reminders")
    op.drop_table("reminders")
    op.drop_table("unit_contacts")
    op.drop_table("notices")
