"""Reconciliation: merchants' days, differences between books, cursors of the continuous comparison.

New tables; the version that is being replaced does not know them.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0160"
down_revision = "0150"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
RUNS, DIFFERENCES, CURSORS = (
    "reconciliation_runs",
    "reconciliation_differences",
    "reconciliation_cursors",
)
RUN_CHECKS = {
    "code": "code IN ('000000', '000103')",
    "form": "form IN ('json', 'tsv')",
    "digests": "octet_length(digest) = 32 AND octet_length(ours) = 32",
    "found_in_details": "lines IS NOT NULL OR found IS NULL",
    "counted": "lines >= 0 AND found >= 0",
}
DIFFERENCE_CHECKS = {
    "compared": "compared IN ('merchant', 'ledger', 'refund', 'entries', 'cash', 'payment', "
    "'provider', 'year', 'balance')",
    "kind": "kind IN ('late', 'missing_here', 'missing_there', 'amount', 'duplicate')",
    "owner": "owner IN ('merchant', 'city')",
    "state": "state IN ('OPEN', 'PROPOSED', 'BOOKED', 'EQUAL')",
    "key": "key <> '' AND length(key) <= 300",
    "merchant": "(compared = 'merchant') = (merchant_id IS NOT NULL)",
    "run": "(compared = 'merchant') = (run_id IS NOT NULL)",
    "amounts": "amounts <> '{}'::jsonb",
    "seen": "seen >= 1 AND last_seen_at >= since",
    "proposal": "(proposed_by IS NULL) = (proposed_at IS NULL) AND "
    "(proposed_by IS NULL) = (reason IS NULL)",
    "proposed": "state <> 'PROPOSED' OR proposed_by IS NOT NULL",
    "open": "state <> 'OPEN' OR proposed_by IS NULL",
    "booked": "(state = 'BOOKED') = (txn_id IS NOT NULL) AND "
    "(state = 'BOOKED') = (approved_by IS NOT NULL)",
    "two_operators": "state <> 'BOOKED' OR (proposed_by IS NOT NULL AND proposed_by <> approved_by)",
    "other_day": "other_day IS NULL OR state = 'EQUAL'",
    "closed": "(state IN ('BOOKED', 'EQUAL')) = (closed_at IS NOT NULL)",
}
REFERENCES = {
    "merchant_id": "merchants.id",
    "run_id": "reconciliation_runs.id",
    "taken_by": "operators.id",
    "proposed_by": "operators.id",
    "approved_by": "operators.id",
    "txn_id": "ledger_txns.id",
}
TRIGGERS = (
    """
CREATE TRIGGER reconciliation_runs_only_grows BEFORE UPDATE OR DELETE ON reconciliation_runs
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER reconciliation_differences_state_moves
BEFORE UPDATE OF state ON reconciliation_differences FOR EACH ROW EXECUTE FUNCTION
refuse_state_move('OPEN>EQUAL', 'OPEN>PROPOSED', 'PROPOSED>BOOKED', 'PROPOSED>EQUAL', 'PROPOSED>OPEN')
""",
    """
CREATE FUNCTION reconciliation_differences_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state IN ('BOOKED', 'EQUAL') THEN
    RAISE EXCEPTION 'a closed difference stays as it is, and none is deleted'
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF ROW(NEW.id, NEW.compared, NEW.key, NEW.merchant_id, NEW.since)
    IS DISTINCT FROM ROW(OLD.id, OLD.compared, OLD.key, OLD.merchant_id, OLD.since) THEN
    RAISE EXCEPTION 'what a difference is about stays' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
    """
CREATE TRIGGER reconciliation_differences_keep
BEFORE UPDATE OR DELETE ON reconciliation_differences
FOR EACH ROW EXECUTE FUNCTION reconciliation_differences_keep()
""",
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    _runs()
    _differences()
    op.create_table(
        CURSORS,
        sa.Column("compared", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("rounds", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        *_checks(CURSORS, {"rounds": "rounds >= 0"}),
        sa.PrimaryKeyConstraint("compared", name=op.f(f"pk_{CURSORS}")),
    )
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    for table in (CURSORS, DIFFERENCES, RUNS):
        op.drop_table(table)
    op.execute("DROP FUNCTION reconciliation_differences_keep()")


def _checks(table: str, checks: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{n}")) for n, sql in checks.items()]


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _runs() -> None:
    op.create_table(
        RUNS,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("ours", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("totals", postgresql.JSONB(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_checks(RUNS, RUN_CHECKS),
        _foreign(RUNS, "merchant_id", "merchants.id"),
        _foreign(RUNS, "terminal_id", "terminals.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{RUNS}")),
        sa.UniqueConstraint("number", name=op.f(f"uq_{RUNS}_number")),
        sa.UniqueConstraint(
            "merchant_id", "day", "digest", "ours", name=op.f(f"uq_{RUNS}_merchant_id_day_digest_ours")
        ),
    )
    op.create_index(f"ix_{RUNS}_day", RUNS, ["merchant_id", "day", "number"])


def _differences() -> None:
    op.create_table(
        DIFFERENCES,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("compared", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("theirs", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("ours", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("amounts", postgresql.JSONB(), nullable=False),
        sa.Column("owner", sa.String(length=16), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("txn_id", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("other_day", sa.Date(), nullable=True),
        *_checks(DIFFERENCES, DIFFERENCE_CHECKS),
        *(_foreign(DIFFERENCES, column, target) for column, target in REFERENCES.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{DIFFERENCES}")),
        sa.UniqueConstraint("txn_id", name=op.f(f"uq_{DIFFERENCES}_txn_id")),
    )
    is_open = sa.text("state IN ('OPEN', 'PROPOSED')")
    op.create_index(
        f"uq_{DIFFERENCES}_open",
        DIFFERENCES,
        ["compared", "key"],
        unique=True,
        postgresql_where=is_open,
    )
    op.create_index(f"ix_{DIFFERENCES}_day", DIFFERENCES, ["merchant_id", "day", "id"])
    op.create_index(f"ix_{DIFFERENCES}_key", DIFFERENCES, ["compared", "key"])
    op.create_index(f"ix_{DIFFERENCES}_open", DIFFERENCES, ["id"], postgresql_where=is_open)
    # A day's purchases and refunds of one merchant.
    op.create_index("ix_settlements_merchant_id_settled_at", "settlements", ["merchant_id", "settled_at"])
    op.create_index("ix_refunds_merchant_id_at", "refunds", ["merchant_id", "at"])
