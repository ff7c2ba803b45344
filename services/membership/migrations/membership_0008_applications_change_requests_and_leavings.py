"""Applications, change requests and leavings

Revision: membership_0008, after membership_0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "membership_0008"
down_revision = "membership_0007"
branch_labels = None
depends_on = None

_LAST_DAY = "ck_representatives_last_day_after_first"


def upgrade() -> None:
    op.create_table(
        "unit_resolutions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_resolutions")),
        sa.UniqueConstraint("resolution_id", name=op.f("uq_unit_resolutions_resolution_id")),
    )
    op.create_table(
        "unit_applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=True),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("contact_phone", sa.LargeBinary(), nullable=True),
        sa.Column("contact_person_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("resolution_id", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_person_id"], ["people.id"], name=op.f("fk_unit_applications_contact_person_id_people")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_applications_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_applications")),
    )
    op.create_index(op.f("ix_unit_applications_credit_code"), "unit_applications", ["credit_code"], unique=False)
    op.create_index(op.f("ix_unit_applications_state"), "unit_applications", ["state"], unique=False)
    op.create_table(
        "unit_change_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("wanted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposer_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_change_requests_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_change_requests")),
    )
    op.create_index(op.f("ix_unit_change_requests_state"), "unit_change_requests", ["state"], unique=False)
    op.create_index(op.f("ix_unit_change_requests_unit_id"), "unit_change_requests", ["unit_id"], unique=False)
    op.create_index(
        "uq_unit_change_requests_open",
        "unit_change_requests",
        ["unit_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "unit_leavings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("admitted_on", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("resolution_id", sa.Uuid(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("back_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_leavings_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_leavings")),
    )
    op.create_index(op.f("ix_unit_leavings_unit_id"), "unit_leavings", ["unit_id"], unique=False)
    op.create_table(
        "unit_application_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["unit_applications.id"],
            name=op.f("fk_unit_application_documents_application_id_unit_applications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_application_documents")),
    )
    op.create_index(
        op.f("ix_unit_application_documents_application_id"),
        "unit_application_documents",
        ["application_id"],
        unique=False,
    )
    op.create_table(
        "unit_application_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["unit_applications.id"],
            name=op.f("fk_unit_application_steps_application_id_unit_applications"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_application_steps")),
    )
    op.create_index(
        op.f("ix_unit_application_steps_application_id"), "unit_application_steps", ["application_id"], unique=False
    )
    op.add_column("unit_changes", sa.Column("proposed_by", sa.Text(), nullable=True))
    op.add_column("unit_changes", sa.Column("request_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_unit_changes_request_id_unit_change_requests"),
        "unit_changes",
        "unit_change_requests",
        ["request_id"],
        ["id"],
    )
    op.add_column("units", sa.Column("admitted_by", sa.Uuid(), nullable=True))
    # A representation that is called off ends the day before it begins.
    op.drop_constraint(op.f(_LAST_DAY), "representatives", type_="check")
    op.create_check_constraint(op.f(_LAST_DAY), "representatives", "last_day >= first_day - 1")


def downgrade() -> None:
    op.execute("UPDATE representatives SET last_day = first_day WHERE last_day < first_day")
    op.drop_constraint(op.f(_LAST_DAY), "representatives", type_="check")
    op.create_check_constraint(op.f(_LAST_DAY), "representatives", "last_day >= first_day")
    op.drop_column("units", "admitted_by")
    op.drop_constraint(op.f("fk_unit_changes_request_id_unit_change_requests"), "unit_changes", type_="foreignkey")
    op.drop_column("unit_changes", "request_id")
    op.drop_column("unit_changes", "proposed_by")
    op.drop_index(op.f("ix_unit_application_steps_application_id"), table_name="unit_application_steps")
    op.drop_table("unit_application_steps")
    op.drop_index(op.f("ix_unit_application_documents_application_id"), table_name="unit_application_documents")
    op.drop_table("unit_application_documents")
    op.drop_index(op.f("ix_unit_leavings_unit_id"), table_name="unit_leavings")
    op.drop_table("unit_leavings")
    op.drop_index(
        "uq_unit_change_requests_open", table_name="unit_change_requests", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_index(op.f("ix_unit_change_requests_unit_id"), table_name="unit_change_requests")
    op.drop_index(op.f("ix_unit_change_requests_state"), table_name="unit_change_requests")
    op.drop_table("unit_change_requests")
    op.drop_index(op.f("ix_unit_applications_state"), table_name="unit_applications")
    op.drop_index(op.f("ix_unit_applications_credit_code"), table_name="unit_applications")
    op.drop_table("unit_applications")
    op.drop_table("unit_resolutions")
