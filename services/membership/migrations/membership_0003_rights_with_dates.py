"""Rights with dates, posts as heard, tokens withdrawn

Revision: membership_0003, after membership_0002
"""

import sqlalchemy as sa
from alembic import op

revision = "membership_0003"
down_revision = "membership_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, key in (("heard_tenures", "tenure_id"), ("heard_absences", "absence_id")):
        op.create_table(
            table,
            sa.Column(key, sa.Uuid(), nullable=False),
            sa.Column("post", sa.Text(), nullable=False),
            sa.Column("person_id", sa.Uuid(), nullable=False),
            sa.Column("since", sa.Date(), nullable=True),
            sa.Column("until", sa.Date(), nullable=True),
            sa.Column("ended_on", sa.Date(), nullable=True),
            sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"], unique=False)
    op.create_table(
        "withdrawals",
        sa.Column("whose", sa.Uuid(), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("whose", name=op.f("pk_withdrawals")),
    )
    op.create_index(op.f("ix_withdrawals_moment"), "withdrawals", ["moment"], unique=False)
    op.drop_index(
        "uq_role_grants_account_id_role_open", table_name="role_grants", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.add_column("role_grants", sa.Column("since", sa.Date(), nullable=True))
    op.add_column("role_grants", sa.Column("until", sa.Date(), nullable=True))
    op.add_column("role_grants", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    # They held from the moment they were granted to the moment they ended, which were moments of business days.
    op.execute(
        "UPDATE role_grants SET since = (granted_at AT TIME ZONE 'Asia/Shanghai')::date,"
        " until = (ended_at AT TIME ZONE 'Asia/Shanghai')::date"
    )
    op.alter_column("role_grants", "since", nullable=False)
    op.alter_column("role_grants", "version", server_default=None)
    op.create_check_constraint(op.f("ck_role_grants_until_not_before_since"), "role_grants", "until >= since")
    op.add_column("accounts", sa.Column("role_changes", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(
        "UPDATE accounts SET role_changes = (SELECT count(*) FROM chassis.outbox"
        " WHERE type = 'account.roles-changed.v1' AND subject = 'account/' || accounts.id)"
    )
    op.alter_column("accounts", "role_changes", server_default=None)


def downgrade() -> None:
    op.drop_column("accounts", "role_changes")
    op.drop_constraint(op.f("ck_role_grants_until_not_before_since"), "role_grants", type_="check")
    op.drop_column("role_grants", "version")
    op.drop_column("role_grants", "until")
    op.drop_column("role_grants", "since")
    op.create_index(
        "uq_role_grants_account_id_role_open",
        "role_grants",
        ["account_id", "role"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_withdrawals_moment"), table_name="withdrawals")
    op.drop_table("withdrawals")
    for table in ("heard_absences", "heard_tenures"):
        op.drop_index(op.f(f"ix_{table}_person_id"), table_name=table)
        op.drop_table(table)
