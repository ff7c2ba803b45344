"""Activities and gifts

Revision: membership_0010, after membership_0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "membership_0010"
down_revision = "membership_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=True),
        sa.Column("places_per_unit", sa.BigInteger(), nullable=True),
        sa.Column("sign_up_until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("attended", sa.BigInteger(), nullable=True),
        sa.Column("gifts_received", sa.BigInteger(), nullable=True),
        sa.Column("gifts_given", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_activities_capacity_above_zero")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_activities_ends_after_start")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
    )
    op.create_index(op.f("ix_activities_kind"), "activities", ["kind"], unique=False)
    op.create_index(op.f("ix_activities_starts_at"), "activities", ["starts_at"], unique=False)
    op.create_index(op.f("ix_activities_state"), "activities", ["state"], unique=False)
    op.create_table(
        "activity_commendations",
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_activity_commendations_activity_id_activities")
        ),
        sa.PrimaryKeyConstraint("resolution_id", name=op.f("pk_activity_commendations")),
    )
    op.create_index(
        op.f("ix_activity_commendations_activity_id"), "activity_commendations", ["activity_id"], unique=False
    )
    op.create_table(
        "activity_judges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_activity_judges_activity_id_activities")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_activity_judges_person_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_activity_judges_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_judges")),
        sa.UniqueConstraint("activity_id", "person_id", name=op.f("uq_activity_judges_activity_id_person_id")),
    )
    op.create_table(
        "activity_judgings",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed_by", sa.Text(), nullable=True),
        sa.Column("resolution_id", sa.Uuid(), nullable=True),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_activity_judgings_activity_id_activities")
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_activity_judgings")),
    )
    op.create_table(
        "activity_places",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("registered", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.BigInteger(), nullable=False),
        sa.Column("last_place", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("registered >= 0 AND waiting >= 0", name=op.f("ck_activity_places_none_below_zero")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_activity_places_activity_id_activities")
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_activity_places")),
    )
    op.create_table(
        "gifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("goods", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("donor", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("means", sa.Text(), nullable=True),
        sa.Column("earmarked", sa.Boolean(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_on", sa.Date(), nullable=True),
        sa.Column("reversed_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_gifts_amount_above_zero")),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_gifts_activity_id_activities")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_gifts_person_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_gifts_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gifts")),
    )
    op.create_index(op.f("ix_gifts_activity_id"), "gifts", ["activity_id"], unique=False)
    op.create_index(op.f("ix_gifts_direction"), "gifts", ["direction"], unique=False)
    op.create_index(op.f("ix_gifts_person_id"), "gifts", ["person_id"], unique=False)
    op.create_index(op.f("ix_gifts_state"), "gifts", ["state"], unique=False)
    op.create_index(op.f("ix_gifts_unit_id"), "gifts", ["unit_id"], unique=False)
    op.create_table(
        "judging_criteria",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("weight BETWEEN 1 AND 100", name=op.f("ck_judging_criteria_weight_of_hundred")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_judging_criteria_activity_id_activities")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judging_criteria")),
        sa.UniqueConstraint("activity_id", "position", name=op.f("uq_judging_criteria_activity_id_position")),
    )
    op.create_table(
        "judging_prizes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_judging_prizes_number_above_zero")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_judging_prizes_activity_id_activities")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judging_prizes")),
        sa.UniqueConstraint("activity_id", "position", name=op.f("uq_judging_prizes_activity_id_position")),
    )
    op.create_table(
        "sign_ups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.Text(), nullable=True),
        sa.Column("phone_last4", sa.Text(), nullable=True),
        sa.Column("consented_to", sa.Text(), nullable=False),
        sa.Column("signed_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_up_by", sa.Text(), nullable=False),
        sa.Column("moved_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_in_by", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_sign_ups_activity_id_activities")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ups_person_id_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_sign_ups_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ups")),
        sa.UniqueConstraint("activity_id", "place", name=op.f("uq_sign_ups_activity_id_place")),
    )
    op.create_index(op.f("ix_sign_ups_activity_id"), "sign_ups", ["activity_id"], unique=False)
    op.create_index(op.f("ix_sign_ups_person_id"), "sign_ups", ["person_id"], unique=False)
    op.create_index(op.f("ix_sign_ups_unit_id"), "sign_ups", ["unit_id"], unique=False)
    op.create_index(
        "uq_sign_ups_standing",
        "sign_ups",
        ["activity_id", "unit_id", "phone_index"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn' AND phone_index IS NOT NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "activity_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("consented_to", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mean", sa.Numeric(), nullable=True),
        sa.Column("rank", sa.BigInteger(), nullable=True),
        sa.Column("tied", sa.Boolean(), nullable=True),
        sa.Column("judges", sa.BigInteger(), nullable=True),
        sa.Column("arithmetic", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("prize_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.id"], name=op.f("fk_activity_entries_activity_id_activities")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_activity_entries_person_id_people")),
        sa.ForeignKeyConstraint(
            ["prize_id"], ["judging_prizes.id"], name=op.f("fk_activity_entries_prize_id_judging_prizes")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_activity_entries_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_entries")),
    )
    op.create_index(op.f("ix_activity_entries_activity_id"), "activity_entries", ["activity_id"], unique=False)
    op.create_index(op.f("ix_activity_entries_unit_id"), "activity_entries", ["unit_id"], unique=False)
    op.create_table(
        "entry_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.Numeric(precision=4, scale=1), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("mark BETWEEN 0 AND 100", name=op.f("ck_entry_marks_mark_in_range")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["judging_criteria.id"], name=op.f("fk_entry_marks_criterion_id_judging_criteria")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["activity_entries.id"], name=op.f("fk_entry_marks_entry_id_activity_entries")
        ),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["activity_judges.id"], name=op.f("fk_entry_marks_judge_id_activity_judges")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_marks")),
        sa.UniqueConstraint(
            "entry_id",
            "judge_id",
            "criterion_id",
            "revision",
            name=op.f("uq_entry_marks_entry_id_judge_id_criterion_id_revision"),
        ),
    )
    op.create_index(op.f("ix_entry_marks_entry_id"), "entry_marks", ["entry_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_entry_marks_entry_id"), table_name="entry_marks")
    op.drop_table("entry_marks")
    op.drop_index(op.f("ix_activity_entries_unit_id"), table_name="activity_entries")
    op.drop_index(op.f("ix_activity_entries_activity_id"), table_name="activity_entries")
    op.drop_table("activity_entries")
    op.drop_index(
        "uq_sign_ups_standing",
        table_name="sign_ups",
        postgresql_where=sa.text("state <> 'withdrawn' AND phone_index IS NOT NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_index(op.f("ix_sign_ups_unit_id"), table_name="sign_ups")
    op.drop_index(op.f("ix_sign_ups_person_id"), table_name="sign_ups")
    op.drop_index(op.f("ix_sign_ups_activity_id"), table_name="sign_ups")
    op.drop_table("sign_ups")
    op.drop_table("judging_prizes")
    op.drop_table("judging_criteria")
    op.drop_index(op.f("ix_gifts_unit_id"), table_name="gifts")
    op.drop_index(op.f("ix_gifts_state"), table_name="gifts")
    op.drop_index(op.f("ix_gifts_person_id"), table_name="gifts")
    op.drop_index(op.f("ix_gifts_direction"), table_name="gifts")
    op.drop_index(op.f("ix_gifts_activity_id"), table_name="gifts")
    op.drop_table("gifts")
    op.drop_table("activity_places")
    op.drop_table("activity_judgings")
    op.drop_table("activity_judges")
    op.drop_index(op.f("ix_activity_commendations_activity_id"), table_name="activity_commendations")
    op.drop_table("activity_commendations")
    op.drop_index(op.f("ix_activities_state"), table_name="activities")
    op.drop_index(op.f("ix_activities_starts_at"), table_name="activities")
    op.drop_index(op.f("ix_activities_kind"), table_name="activities")
    op.drop_table("activities")
