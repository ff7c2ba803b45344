"""Satisfaction surveys

Revision: membership_0014, after membership_0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "membership_0014"
down_revision = "membership_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("target_group", sa.Text(), nullable=False),
        sa.Column("planned_sample", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("planners", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_surveys_ends_after_start")),
        sa.CheckConstraint("planned_sample > 0", name=op.f("ck_surveys_sample_above_zero")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
    )
    op.create_index(op.f("ix_surveys_state"), "surveys", ["state"], unique=False)
    op.create_table(
        "survey_invitation_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("invited", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.CheckConstraint("invited > 0", name=op.f("ck_survey_invitation_batches_invited_above_zero")),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_survey_invitation_batches_survey_id_surveys")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_invitation_batches")),
    )
    op.create_index(
        op.f("ix_survey_invitation_batches_survey_id"), "survey_invitation_batches", ["survey_id"], unique=False
    )
    op.create_table(
        "survey_operators",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["units.id"], name=op.f("fk_survey_operators_operator_id_units")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_operators_survey_id_surveys")),
        sa.PrimaryKeyConstraint("survey_id", "operator_id", name=op.f("pk_survey_operators")),
    )
    op.create_index(op.f("ix_survey_operators_operator_id"), "survey_operators", ["operator_id"], unique=False)
    op.create_table(
        "survey_questionnaires",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_questionnaires_survey_id_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_questionnaires")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_survey_questionnaires_survey_id_number")),
    )
    op.create_table(
        "survey_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("drafters", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("audited_by", sa.Text(), nullable=True),
        sa.Column("audit_note", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_reports_survey_id_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_reports")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_survey_reports_survey_id_number")),
    )
    op.create_index(op.f("ix_survey_reports_state"), "survey_reports", ["state"], unique=False)
    op.create_table(
        "survey_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["survey_invitation_batches.id"],
            name=op.f("fk_survey_invitations_batch_id_survey_invitation_batches"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_invitations")),
        sa.UniqueConstraint("digest", name=op.f("uq_survey_invitations_digest")),
    )
    op.create_index(op.f("ix_survey_invitations_batch_id"), "survey_invitations", ["batch_id"], unique=False)
    op.create_table(
        "survey_report_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["survey_reports.id"], name=op.f("fk_survey_report_deliveries_report_id_survey_reports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_report_deliveries")),
    )
    op.create_index(
        op.f("ix_survey_report_deliveries_report_id"), "survey_report_deliveries", ["report_id"], unique=False
    )
    op.create_table(
        "survey_responses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.Text(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id", "operator_id"],
            ["survey_operators.survey_id", "survey_operators.operator_id"],
            name=op.f("fk_survey_responses_survey_id_operator_id_survey_operators"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_responses")),
    )
    op.create_index(
        op.f("ix_survey_responses_survey_id_operator_id"),
        "survey_responses",
        ["survey_id", "operator_id"],
        unique=False,
    )
    op.create_table(
        "survey_sections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"],
            ["survey_questionnaires.id"],
            name=op.f("fk_survey_sections_questionnaire_id_survey_questionnaires"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_sections")),
        sa.UniqueConstraint("questionnaire_id", "number", name=op.f("uq_survey_sections_questionnaire_id_number")),
    )
    op.create_table(
        "survey_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["survey_responses.id"], name=op.f("fk_survey_contacts_response_id_survey_responses")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_contacts_survey_id_surveys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_contacts")),
        sa.UniqueConstraint("response_id", name=op.f("uq_survey_contacts_response_id")),
    )
    op.create_index(op.f("ix_survey_contacts_survey_id"), "survey_contacts", ["survey_id"], unique=False)
    op.create_table(
        "survey_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("options", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"], ["survey_sections.id"], name=op.f("fk_survey_questions_section_id_survey_sections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_questions")),
        sa.UniqueConstraint("section_id", "number", name=op.f("uq_survey_questions_section_id_number")),
    )
    op.create_table(
        "survey_answers",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint("(value IS NULL) != (text IS NULL)", name=op.f("ck_survey_answers_number_or_text")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["survey_questions.id"], name=op.f("fk_survey_answers_question_id_survey_questions")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["survey_responses.id"], name=op.f("fk_survey_answers_response_id_survey_responses")
        ),
        sa.PrimaryKeyConstraint("response_id", "question_id", name=op.f("pk_survey_answers")),
    )
    op.create_index(op.f("ix_survey_answers_question_id"), "survey_answers", ["question_id"], unique=False)


def downgrade() -> None:
    op.drop_table("survey_answers")
    op.drop_table("survey_questions")
    op.drop_table("survey_contacts")
    op.drop_table("survey_sections")
    op.drop_table("survey_responses")
    op.drop_table("survey_report_deliveries")
    op.drop_table("survey_invitations")
    op.drop_table("survey_reports")
    op.drop_table("survey_questionnaires")
    op.drop_table("survey_operators")
    op.drop_table("survey_invitation_batches")
    op.drop_table("surveys")
