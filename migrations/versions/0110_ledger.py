"""The ledger: accounts, transactions, entries; and what a person used up in a year.

New tables; the version that is being replaced does not know them.
"""

from alembic import op
import sqlalchemy as sa

revision = "0110"
down_revision = "0100"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
TABLES = ("ledger_accounts", "ledger_txns", "ledger_entries", "accumulators")
TRIGGERS = (
    """
CREATE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  whole ledger_txns%ROWTYPE;
  found record;
BEGIN
  IF TG_TABLE_NAME = 'ledger_txns' THEN
    whole := NEW;
  ELSE
    SELECT * INTO STRICT whole FROM ledger_txns WHERE id = NEW.txn_id;
  END IF;
  SELECT count(*) AS n, coalesce(sum(amount), 0) AS amount INTO found
  FROM ledger_entries WHERE txn_id = whole.id;
  IF found.n <> whole.entries OR found.amount <> 0 THEN
    RAISE EXCEPTION 'ledger transaction does not balance' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE CONSTRAINT TRIGGER ledger_txns_balanced AFTER INSERT ON ledger_txns
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced()
""",
    """
CREATE CONSTRAINT TRIGGER ledger_entries_balanced AFTER INSERT ON ledger_entries
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced()
""",
    """
CREATE TRIGGER ledger_entries_only_grows BEFORE UPDATE OR DELETE ON ledger_entries
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    """
CREATE FUNCTION ledger_txns_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.position IS NOT NULL OR NEW.position IS NULL
    OR (to_jsonb(NEW) - 'position' - 'chain_hash') IS DISTINCT FROM
       (to_jsonb(OLD) - 'position' - 'chain_hash') THEN
    RAISE EXCEPTION 'a ledger transaction is only chained, once'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
    """
CREATE TRIGGER ledger_txns_keep BEFORE UPDATE OR DELETE ON ledger_txns
FOR EACH ROW EXECUTE FUNCTION ledger_txns_keep()
""",
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("normal_side", sa.String(), nullable=False),
        sa.Column("may_be_negative", sa.Boolean(), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("posted", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('own', 'due', 'fund', 'payable', 'till', 'cash', 'premiums', 'suspense')",
            name=op.f("ck_ledger_accounts_kind"),
        ),
        sa.CheckConstraint(
            "normal_side IN ('debit', 'credit')", name=op.f("ck_ledger_accounts_normal_side")
        ),
        sa.CheckConstraint(
            "owner <> '' AND id = kind || ':' || owner", name=op.f("ck_ledger_accounts_named")
        ),
        sa.CheckConstraint(
            "at_once OR reserved = 0", name=op.f("ck_ledger_accounts_reserves_at_once")
        ),
        sa.CheckConstraint(
            "may_be_negative OR posted >= reserved", name=op.f("ck_ledger_accounts_covered")
        ),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_ledger_accounts_reserved")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
    )
    op.create_table(
        "ledger_txns",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("resolves", sa.String(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "entries = 0 AND phase = 'voided' OR entries >= 2", name=op.f("ck_ledger_txns_entries")
        ),
        sa.CheckConstraint(
            "phase <> 'pending' OR resolves IS NULL",
            name=op.f("ck_ledger_txns_pending_resolves_none"),
        ),
        sa.CheckConstraint(
            "phase <> 'voided' OR resolves IS NOT NULL", name=op.f("ck_ledger_txns_voids_another")
        ),
        sa.CheckConstraint(
            "phase IN ('pending', 'posted', 'voided')", name=op.f("ck_ledger_txns_phase")
        ),
        sa.CheckConstraint(
            "(position IS NULL) = (chain_hash IS NULL)", name=op.f("ck_ledger_txns_chained")
        ),
        sa.CheckConstraint(
            "octet_length(content_hash) = 32", name=op.f("ck_ledger_txns_content_hash")
        ),
        sa.CheckConstraint(
            "position >= 1 AND octet_length(chain_hash) = 32", name=op.f("ck_ledger_txns_chain")
        ),
        sa.ForeignKeyConstraint(
            ["resolves"], ["ledger_txns.id"], name=op.f("fk_ledger_txns_resolves")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_txns")),
        sa.UniqueConstraint("id", name=op.f("uq_ledger_txns_id")),
        sa.UniqueConstraint("position", name=op.f("uq_ledger_txns_position")),
        sa.UniqueConstraint("resolves", name=op.f("uq_ledger_txns_resolves")),
    )
    op.create_index("ix_ledger_txns_about", "ledger_txns", ["about"], unique=False)
    op.create_index(
        "ix_ledger_txns_unchained",
        "ledger_txns",
        ["number"],
        unique=False,
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("txn_id", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entries_amount")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_accounts.id"], name=op.f("fk_ledger_entries_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["txn_id"], ["ledger_txns.id"], name=op.f("fk_ledger_entries_txn_id")
        ),
        sa.PrimaryKeyConstraint("txn_id", "n", name=op.f("pk_ledger_entries")),
    )
    op.create_index("ix_ledger_entries_account_id", "ledger_entries", ["account_id"], unique=False)
    op.create_table(
        "accumulators",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("deductible_paid", sa.BigInteger(), nullable=False),
        sa.Column("deductible_limit", sa.BigInteger(), nullable=False),
        sa.Column("fund_paid", sa.BigInteger(), nullable=False),
        sa.Column("fund_limit", sa.BigInteger(), nullable=False),
        sa.Column("in_scope", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "deductible_paid + fund_paid <= in_scope", name=op.f("ck_accumulators_in_scope")
        ),
        sa.CheckConstraint(
            "deductible_paid BETWEEN 0 AND deductible_limit",
            name=op.f("ck_accumulators_deductible"),
        ),
        sa.CheckConstraint("fund_paid BETWEEN 0 AND fund_limit", name=op.f("ck_accumulators_cap")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2199", name=op.f("ck_accumulators_year")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_accumulators_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "scheme", "year", name=op.f("pk_accumulators")),
    )
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION ledger_txns_keep()")
    op.execute("DROP FUNCTION ledger_balanced()")
