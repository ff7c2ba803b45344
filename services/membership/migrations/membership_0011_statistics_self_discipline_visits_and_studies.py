"""Industry statistics, self-discipline, visits and studies

Revision: membership_0011, after membership_0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "membership_0011"
down_revision = "membership_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pacts")),
        sa.UniqueConstraint("effective_from", name=op.f("uq_pacts_effective_from")),
    )
    op.create_table(
        "statistics_indicators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("label_zh", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("unit_zh", sa.Text(), nullable=False),
        sa.Column("unit_en", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("adds", sa.Text(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Text(), nullable=True),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("places BETWEEN 0 AND 6", name=op.f("ck_statistics_indicators_places_within")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_indicators")),
        sa.UniqueConstraint("code", "effective_from", name=op.f("uq_statistics_indicators_code_effective_from")),
    )
    op.create_index(
        op.f("ix_statistics_indicators_effective_from"), "statistics_indicators", ["effective_from"], unique=False
    )
    op.create_table(
        "statistics_periods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_statistics_periods_month_of_a_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_periods")),
        sa.UniqueConstraint("year", "month", name=op.f("uq_statistics_periods_year_month")),
    )
    op.create_index(op.f("ix_statistics_periods_state"), "statistics_periods", ["state"], unique=False)
    op.create_table(
        "studies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_studies_amount_above_zero")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studies")),
    )
    op.create_index(op.f("ix_studies_state"), "studies", ["state"], unique=False)
    op.create_table(
        "complaints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complainant_unit_id", sa.Uuid(), nullable=True),
        sa.Column("outsider", sa.Text(), nullable=True),
        sa.Column("respondent_unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("handled_by", sa.Text(), nullable=True),
        sa.Column("dismissal", sa.Text(), nullable=True),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("hearing", sa.Text(), nullable=True),
        sa.Column("breach", sa.Boolean(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(complainant_unit_id IS NULL) <> (outsider IS NULL)", name=op.f("ck_complaints_of_a_unit_or_an_outsider")
        ),
        sa.ForeignKeyConstraint(
            ["complainant_unit_id"], ["units.id"], name=op.f("fk_complaints_complainant_unit_id_units")
        ),
        sa.ForeignKeyConstraint(
            ["respondent_unit_id"], ["units.id"], name=op.f("fk_complaints_respondent_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
    )
    op.create_index(op.f("ix_complaints_received_on"), "complaints", ["received_on"], unique=False)
    op.create_index(op.f("ix_complaints_respondent_unit_id"), "complaints", ["respondent_unit_id"], unique=False)
    op.create_index(op.f("ix_complaints_state"), "complaints", ["state"], unique=False)
    op.create_table(
        "pact_signatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pact_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["pact_id"], ["pacts.id"], name=op.f("fk_pact_signatures_pact_id_pacts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pact_signatures_person_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_pact_signatures_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pact_signatures")),
    )
    op.create_index(op.f("ix_pact_signatures_person_id"), "pact_signatures", ["person_id"], unique=False)
    op.create_index(op.f("ix_pact_signatures_unit_id"), "pact_signatures", ["unit_id"], unique=False)
    op.create_index(
        "uq_pact_signatures_standing",
        "pact_signatures",
        ["pact_id", "unit_id"],
        unique=True,
        postgresql_where="withdrawn_on IS NULL",
    )
    op.create_table(
        "research_visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("led_by", sa.Uuid(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["led_by"], ["people.id"], name=op.f("fk_research_visits_led_by_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_research_visits_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_research_visits")),
    )
    op.create_index(op.f("ix_research_visits_led_by"), "research_visits", ["led_by"], unique=False)
    op.create_index(op.f("ix_research_visits_unit_id"), "research_visits", ["unit_id"], unique=False)
    op.create_index(op.f("ix_research_visits_visited_on"), "research_visits", ["visited_on"], unique=False)
    op.create_table(
        "statistics_editions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("source_zh", sa.Text(), nullable=True),
        sa.Column("source_en", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("checks", sa.Text(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        sa.Column("reported", sa.BigInteger(), nullable=False),
        sa.Column("missing", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"], ["statistics_periods.id"], name=op.f("fk_statistics_editions_period_id_statistics_periods")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_editions")),
        sa.UniqueConstraint("period_id", "number", name=op.f("uq_statistics_editions_period_id_number")),
    )
    op.create_table(
        "statistics_figures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("growth", sa.Numeric(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["statistics_indicators.id"],
            name=op.f("fk_statistics_figures_indicator_id_statistics_indicators"),
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["statistics_periods.id"], name=op.f("fk_statistics_figures_period_id_statistics_periods")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_statistics_figures_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_figures")),
    )
    op.create_index(op.f("ix_statistics_figures_unit_id"), "statistics_figures", ["unit_id"], unique=False)
    op.create_index(
        "uq_statistics_figures_counting",
        "statistics_figures",
        ["period_id", "unit_id", "indicator"],
        unique=True,
        postgresql_where="superseded_at IS NULL",
    )
    op.create_table(
        "statistics_reporters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"], ["statistics_periods.id"], name=op.f("fk_statistics_reporters_period_id_statistics_periods")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_statistics_reporters_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_reporters")),
        sa.UniqueConstraint("period_id", "unit_id", name=op.f("uq_statistics_reporters_period_id_unit_id")),
    )
    op.create_index(op.f("ix_statistics_reporters_unit_id"), "statistics_reporters", ["unit_id"], unique=False)
    op.create_table(
        "study_acceptances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_study_acceptances_study_id_studies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_acceptances")),
    )
    op.create_index(op.f("ix_study_acceptances_study_id"), "study_acceptances", ["study_id"], unique=False)
    op.create_table(
        "study_deliverables",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_study_deliverables_study_id_studies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_deliverables")),
    )
    op.create_index(op.f("ix_study_deliverables_due_on"), "study_deliverables", ["due_on"], unique=False)
    op.create_index(op.f("ix_study_deliverables_study_id"), "study_deliverables", ["study_id"], unique=False)
    op.create_table(
        "complaint_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("allegation", sa.Text(), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("breach", sa.Boolean(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_notices_complaint_id_complaints")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_complaint_notices_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_notices")),
        sa.UniqueConstraint("complaint_id", name=op.f("uq_complaint_notices_complaint_id")),
    )
    op.create_index(op.f("ix_complaint_notices_unit_id"), "complaint_notices", ["unit_id"], unique=False)
    op.create_table(
        "statistics_findings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("edition_id", sa.Uuid(), nullable=True),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("says_zh", sa.Text(), nullable=False),
        sa.Column("says_en", sa.Text(), nullable=False),
        sa.Column("checks", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explained_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(unit_id IS NULL) = (edition_id IS NOT NULL)", name=op.f("ck_statistics_findings_of_a_unit_or_an_edition")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["statistics_editions.id"],
            name=op.f("fk_statistics_findings_edition_id_statistics_editions"),
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["statistics_periods.id"], name=op.f("fk_statistics_findings_period_id_statistics_periods")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_statistics_findings_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_findings")),
    )
    op.create_index(op.f("ix_statistics_findings_edition_id"), "statistics_findings", ["edition_id"], unique=False)
    op.create_index(op.f("ix_statistics_findings_period_id"), "statistics_findings", ["period_id"], unique=False)
    op.create_index(op.f("ix_statistics_findings_unit_id"), "statistics_findings", ["unit_id"], unique=False)
    op.create_table(
        "statistics_totals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("growth", sa.Numeric(), nullable=True),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["statistics_editions.id"], name=op.f("fk_statistics_totals_edition_id_statistics_editions")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["statistics_indicators.id"],
            name=op.f("fk_statistics_totals_indicator_id_statistics_indicators"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_totals")),
        sa.UniqueConstraint("edition_id", "indicator_id", name=op.f("uq_statistics_totals_edition_id_indicator_id")),
    )
    op.create_table(
        "visit_follow_ups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_visit_follow_ups_owner_id_people")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["research_visits.id"], name=op.f("fk_visit_follow_ups_visit_id_research_visits")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_follow_ups")),
    )
    op.create_index(op.f("ix_visit_follow_ups_due_on"), "visit_follow_ups", ["due_on"], unique=False)
    op.create_index(op.f("ix_visit_follow_ups_owner_id"), "visit_follow_ups", ["owner_id"], unique=False)
    op.create_index(op.f("ix_visit_follow_ups_visit_id"), "visit_follow_ups", ["visit_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_visit_follow_ups_visit_id"), table_name="visit_follow_ups")
    op.drop_index(op.f("ix_visit_follow_ups_owner_id"), table_name="visit_follow_ups")
    op.drop_index(op.f("ix_visit_follow_ups_due_on"), table_name="visit_follow_ups")
    op.drop_table("visit_follow_ups")
    op.drop_table("statistics_totals")
    op.drop_index(op.f("ix_statistics_findings_unit_id"), table_name="statistics_findings")
    op.drop_index(op.f("ix_statistics_findings_period_id"), table_name="statistics_findings")
    op.drop_index(op.f("ix_statistics_findings_edition_id"), table_name="statistics_findings")
    op.drop_table("statistics_findings")
    op.drop_index(op.f("ix_complaint_notices_unit_id"), table_name="complaint_notices")
    op.drop_table("complaint_notices")
    op.drop_index(op.f("ix_study_deliverables_study_id"), table_name="study_deliverables")
    op.drop_index(op.f("ix_study_deliverables_due_on"), table_name="study_deliverables")
    op.drop_table("study_deliverables")
    op.drop_index(op.f("ix_study_acceptances_study_id"), table_name="study_acceptances")
    op.drop_table("study_acceptances")
    op.drop_index(op.f("ix_statistics_reporters_unit_id"), table_name="statistics_reporters")
    op.drop_table("statistics_reporters")
    op.drop_index(
        "uq_statistics_figures_counting", table_name="statistics_figures", postgresql_where="superseded_at IS NULL"
    )
    op.drop_index(op.f("ix_statistics_figures_unit_id"), table_name="statistics_figures")
    op.drop_table("statistics_figures")
    op.drop_table("statistics_editions")
    op.drop_index(op.f("ix_research_visits_visited_on"), table_name="research_visits")
    op.drop_index(op.f("ix_research_visits_unit_id"), table_name="research_visits")
    op.drop_index(op.f("ix_research_visits_led_by"), table_name="research_visits")
    op.drop_table("research_visits")
    op.drop_index("uq_pact_signatures_standing", table_name="pact_signatures", postgresql_where="withdrawn_on IS NULL")
    op.drop_index(op.f("ix_pact_signatures_unit_id"), table_name="pact_signatures")
    op.drop_index(op.f("ix_pact_signatures_person_id"), table_name="pact_signatures")
    op.drop_table("pact_signatures")
    op.drop_index(op.f("ix_complaints_state"), table_name="complaints")
    op.drop_index(op.f("ix_complaints_respondent_unit_id"), table_name="complaints")
    op.drop_index(op.f("ix_complaints_received_on"), table_name="complaints")
    op.drop_table("complaints")
    op.drop_index(op.f("ix_studies_state"), table_name="studies")
    op.drop_table("studies")
    op.drop_index(op.f("ix_statistics_periods_state"), table_name="statistics_periods")
    op.drop_table("statistics_periods")
    op.drop_index(op.f("ix_statistics_indicators_effective_from"), table_name="statistics_indicators")
    op.drop_table("statistics_indicators")
    op.drop_table("pacts")
