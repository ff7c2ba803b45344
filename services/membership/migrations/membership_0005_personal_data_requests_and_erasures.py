"""Personal data: requests, erasures, and consents as rows

Revision: membership_0005, after membership_0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "membership_0005"
down_revision = "membership_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "personal_data_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("classes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("correct_name", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetch_until", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_personal_data_requests_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_data_requests")),
    )
    for column in ("due_on", "person_id", "state"):
        op.create_index(op.f(f"ix_personal_data_requests_{column}"), "personal_data_requests", [column], unique=False)
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("classes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("services", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_erasures_person_id_people")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["personal_data_requests.id"], name=op.f("fk_erasures_request_id_personal_data_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("request_id", name=op.f("uq_erasures_request_id")),
    )
    op.create_index(op.f("ix_erasures_person_id"), "erasures", ["person_id"], unique=False)
    op.create_table(
        "erasure_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("kept", postgresql.JSONB(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasures.id"], name=op.f("fk_erasure_answers_erasure_id_erasures")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_answers")),
        sa.UniqueConstraint("erasure_id", "service", name=op.f("uq_erasure_answers_erasure_id_service")),
    )
    # A consent is a row from now on; those given so far were to the first version of the terms, or to the one that was
    # in force when they were given.
    op.execute(
        "INSERT INTO chassis.consents (id, subject_id, data_class, terms, given_at, recorded_by)"
        " SELECT uuidv7(), id, 'identity-number', CASE"
        " WHEN (identity_consented_at AT TIME ZONE 'Asia/Shanghai')::date < '2021-11-01' THEN 'identity-number-2017'"
        " ELSE 'identity-number-2021' END, identity_consented_at, 'service:membership'"
        " FROM people WHERE identity_consented_at IS NOT NULL"
    )
    op.drop_column("people", "identity_consented_at")


def downgrade() -> None:
    op.add_column("people", sa.Column("identity_consented_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE people SET identity_consented_at = consents.given_at FROM chassis.consents"
        " WHERE consents.subject_id = people.id AND data_class = 'identity-number' AND withdrawn_at IS NULL"
    )
    op.drop_table("erasure_answers")
    op.drop_table("erasures")
    op.drop_table("personal_data_requests")
