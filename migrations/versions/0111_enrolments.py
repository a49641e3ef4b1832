"""Who is insured where, and what was put into their own account.

New tables; the version that is being replaced does not know them.
"""

from alembic import op
import sqlalchemy as sa

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
TABLES = ("enrolments", "account_credits")
TRIGGERS = (
    """
CREATE TRIGGER account_credits_only_grows BEFORE UPDATE OR DELETE ON account_credits
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "enrolments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("monthly_fen", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "region ~ '^[0-9]{6}$' AND scheme ~ '^[a-z][a-z0-9-]{0,59}$'",
            name=op.f("ck_enrolments_place"),
        ),
        sa.CheckConstraint(
            "monthly_fen BETWEEN 0 AND 100000000", name=op.f("ck_enrolments_monthly")
        ),
        sa.CheckConstraint("until IS NULL OR until > since", name=op.f("ck_enrolments_lasts")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_enrolments_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
    )
    op.create_index(
        "ix_enrolments_person_id_since", "enrolments", ["person_id", "since"], unique=True
    )
    op.create_index(
        "uq_enrolments_one_open",
        "enrolments",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "account_credits",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("txn_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "period ~ '^(opening|[0-9]{4}-(0[1-9]|1[0-2]))$'",
            name=op.f("ck_account_credits_period"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_account_credits_amount")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_account_credits_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["txn_id"], ["ledger_txns.id"], name=op.f("fk_account_credits_txn_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "period", name=op.f("pk_account_credits")),
        sa.UniqueConstraint("txn_id", name=op.f("uq_account_credits_txn_id")),
    )
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    for table in reversed(TABLES):
        op.drop_table(table)
