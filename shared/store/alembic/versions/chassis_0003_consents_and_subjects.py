"""Consents and subjects

Revision: chassis_0003, after chassis_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "chassis_0003"
down_revision = "chassis_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("data_class", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        schema="chassis",
    )
    op.create_index(op.f("ix_consents_subject_id"), "consents", ["subject_id"], unique=False, schema="chassis")
    op.create_table(
        "subjects",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("index", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "index", name=op.f("pk_subjects")),
        schema="chassis",
    )


def downgrade() -> None:
    op.drop_table("subjects", schema="chassis")
    op.drop_index(op.f("ix_consents_subject_id"), table_name="consents", schema="chassis")
    op.drop_table("consents", schema="chassis")
