"""Quotes, settlements, refunds, and the cash part at the payment provider.

New tables; the version that is being replaced does not know them.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
TABLES = (
    "quotes",
    "settlements",
    "settlement_lines",
    "refunds",
    "adjustments",
    "settlement_messages",
    "cash_orders",
    "cash_refunds",
)
TRIGGERS = (
    """
CREATE TRIGGER settlements_state_moves BEFORE UPDATE OF state ON settlements
FOR EACH ROW EXECUTE FUNCTION refuse_state_move('CASH_PENDING>SETTLED', 'CASH_PENDING>VOIDED', 'HOLDING>CASH_PENDING', 'HOLDING>SETTLED', 'HOLDING>VOIDED', 'PARTIALLY_REFUNDED>REVERSED', 'SETTLED>PARTIALLY_REFUNDED', 'SETTLED>REVERSED')
""",
    """
CREATE TRIGGER cash_orders_state_moves BEFORE UPDATE OF state ON cash_orders
FOR EACH ROW EXECUTE FUNCTION refuse_state_move('DROPPED>PAID', 'LOST>DROPPED', 'LOST>PAID', 'PENDING>DROPPED', 'PENDING>LOST', 'PENDING>PAID', 'WANTED>DROPPED', 'WANTED>LOST', 'WANTED>PAID', 'WANTED>PENDING')
""",
    """
CREATE FUNCTION settlement_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  free text[] := ARRAY['state', 'settled_at', 'deductible_now', 'fund_now', 'returned_quantity',
    'returned_total', 'returned_own', 'returned_over', 'returned_self_first', 'returned_in_scope',
    'returned_deductible', 'returned_fund', 'returned_account', 'returned_mutual',
    'returned_cash'];
BEGIN
  IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
    RAISE EXCEPTION 'what % says stays', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
    """
CREATE TRIGGER settlements_keep BEFORE UPDATE OR DELETE ON settlements
FOR EACH ROW EXECUTE FUNCTION settlement_keeps()
""",
    """
CREATE TRIGGER settlement_lines_keep BEFORE UPDATE OR DELETE ON settlement_lines
FOR EACH ROW EXECUTE FUNCTION settlement_keeps()
""",
    """
CREATE TRIGGER refunds_only_grows BEFORE UPDATE OR DELETE ON refunds
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER adjustments_only_grows BEFORE UPDATE OR DELETE ON adjustments
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER settlement_messages_only_grows BEFORE UPDATE OR DELETE ON settlement_messages
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "quotes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("presentation_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("mandate_id", sa.String(), nullable=True),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("amount_cap", sa.BigInteger(), nullable=True),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("rule_hash", sa.String(), nullable=False),
        sa.Column("accumulator_version", sa.BigInteger(), nullable=False),
        sa.Column("account_seen", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settlement_id", sa.String(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(settlement_id IS NULL) = (used_at IS NULL)", name=op.f("ck_quotes_used")
        ),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_quotes_lasts")),
        sa.CheckConstraint("used_at < expires_at", name=op.f("ck_quotes_used_in_time")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_quotes_merchant_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_quotes_person_id")),
        sa.ForeignKeyConstraint(
            ["presentation_id"], ["presentations.id"], name=op.f("fk_quotes_presentation_id")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_quotes_terminal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotes")),
        sa.UniqueConstraint("settlement_id", name=op.f("uq_quotes_settlement_id")),
    )
    op.create_index("ix_quotes_expires_at", "quotes", ["expires_at"], unique=False)
    op.create_index(op.f("ix_quotes_presentation_id"), "quotes", ["presentation_id"], unique=False)
    op.create_table(
        "settlements",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("quote_id", sa.String(), nullable=False),
        sa.Column("presentation_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("merchant_name", sa.String(), nullable=False),
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("msgid", sa.String(), nullable=False),
        sa.Column("mandate_use_id", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "HOLDING",
                "CASH_PENDING",
                "SETTLED",
                "PARTIALLY_REFUNDED",
                "REVERSED",
                "VOIDED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("cash_by", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("own", sa.BigInteger(), nullable=False),
        sa.Column("over", sa.BigInteger(), nullable=False),
        sa.Column("self_first", sa.BigInteger(), nullable=False),
        sa.Column("in_scope", sa.BigInteger(), nullable=False),
        sa.Column("deductible", sa.BigInteger(), nullable=False),
        sa.Column("fund", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("mutual", sa.BigInteger(), nullable=False),
        sa.Column("cash", sa.BigInteger(), nullable=False),
        sa.Column("returned_total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_own", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_over", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_self_first", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_in_scope", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_deductible", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_fund", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_account", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_mutual", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_cash", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("deductible_now", sa.BigInteger(), nullable=False),
        sa.Column("fund_now", sa.BigInteger(), nullable=False),
        sa.Column("sources", postgresql.JSONB(), nullable=False),
        sa.Column("hold_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(cash = 0) = (cash_by = 'none')", name=op.f("ck_settlements_cash")),
        sa.CheckConstraint(
            "(state = 'PARTIALLY_REFUNDED') = (returned_total BETWEEN 1 AND total - 1)",
            name=op.f("ck_settlements_partially_refunded"),
        ),
        sa.CheckConstraint(
            "(state = 'REVERSED') = (returned_total = total)", name=op.f("ck_settlements_reversed")
        ),
        sa.CheckConstraint(
            "(state IN ('SETTLED', 'PARTIALLY_REFUNDED', 'REVERSED')) = (settled_at IS NOT NULL)",
            name=op.f("ck_settlements_settled"),
        ),
        sa.CheckConstraint(
            "cash_by = 'provider' OR state NOT IN ('HOLDING', 'CASH_PENDING', 'VOIDED')",
            name=op.f("ck_settlements_waits_for_provider"),
        ),
        sa.CheckConstraint(
            "cash_by IN ('none', 'till', 'provider')", name=op.f("ck_settlements_cash_by")
        ),
        sa.CheckConstraint(
            "deductible_now >= 0 AND fund_now >= 0 AND deductible_now + fund_now <= in_scope - returned_in_scope",
            name=op.f("ck_settlements_now"),
        ),
        sa.CheckConstraint(
            "returned_total BETWEEN 0 AND total AND returned_own BETWEEN 0 AND own AND returned_over BETWEEN 0 AND over AND returned_self_first BETWEEN 0 AND self_first AND returned_in_scope BETWEEN 0 AND in_scope AND returned_deductible BETWEEN 0 AND deductible AND returned_fund BETWEEN 0 AND fund AND returned_account BETWEEN 0 AND account AND returned_mutual BETWEEN 0 AND mutual AND returned_cash BETWEEN 0 AND cash",
            name=op.f("ck_settlements_returned"),
        ),
        sa.CheckConstraint(
            "total = own + over + self_first + in_scope AND total = fund + account + cash AND mutual <= account AND deductible + fund <= in_scope",
            name=op.f("ck_settlements_split"),
        ),
        sa.CheckConstraint("total > 0", name=op.f("ck_settlements_total")),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["ledger_txns.id"], name=op.f("fk_settlements_hold_id")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_settlements_merchant_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_settlements_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["presentation_id"], ["presentations.id"], name=op.f("fk_settlements_presentation_id")
        ),
        sa.ForeignKeyConstraint(["quote_id"], ["quotes.id"], name=op.f("fk_settlements_quote_id")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_settlements_terminal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_settlements_hold_id")),
        sa.UniqueConstraint("merchant_id", "msgid", name=op.f("uq_settlements_merchant_id_msgid")),
        sa.UniqueConstraint("number", name=op.f("uq_settlements_number")),
        sa.UniqueConstraint("quote_id", name=op.f("uq_settlements_quote_id")),
    )
    op.create_index("ix_settlements_person_id_id", "settlements", ["person_id", "id"], unique=False)
    op.create_index(
        "ix_settlements_year",
        "settlements",
        ["person_id", "scheme", "year", "number"],
        unique=False,
    )
    op.create_index(
        "uq_settlements_one_per_presentation",
        "settlements",
        ["presentation_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'VOIDED'"),
    )
    op.create_table(
        "settlement_lines",
        sa.Column("settlement_id", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("own", sa.BigInteger(), nullable=False),
        sa.Column("over", sa.BigInteger(), nullable=False),
        sa.Column("self_first", sa.BigInteger(), nullable=False),
        sa.Column("in_scope", sa.BigInteger(), nullable=False),
        sa.Column("deductible", sa.BigInteger(), nullable=False),
        sa.Column("fund", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("mutual", sa.BigInteger(), nullable=False),
        sa.Column("cash", sa.BigInteger(), nullable=False),
        sa.Column("returned_quantity", sa.Integer(), server_default="0", nullable=False),
        sa.Column("returned_total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_own", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_over", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_self_first", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_in_scope", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_deductible", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_fund", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_account", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_mutual", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_cash", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "quantity >= 1 AND returned_quantity BETWEEN 0 AND quantity",
            name=op.f("ck_settlement_lines_units"),
        ),
        sa.CheckConstraint(
            "returned_total = returned_quantity * unit_price",
            name=op.f("ck_settlement_lines_returned_units"),
        ),
        sa.CheckConstraint(
            "returned_total BETWEEN 0 AND total AND returned_own BETWEEN 0 AND own AND returned_over BETWEEN 0 AND over AND returned_self_first BETWEEN 0 AND self_first AND returned_in_scope BETWEEN 0 AND in_scope AND returned_deductible BETWEEN 0 AND deductible AND returned_fund BETWEEN 0 AND fund AND returned_account BETWEEN 0 AND account AND returned_mutual BETWEEN 0 AND mutual AND returned_cash BETWEEN 0 AND cash",
            name=op.f("ck_settlement_lines_returned"),
        ),
        sa.CheckConstraint(
            "total = own + over + self_first + in_scope AND total = fund + account + cash AND mutual <= account AND deductible + fund <= in_scope",
            name=op.f("ck_settlement_lines_split"),
        ),
        sa.CheckConstraint("total = quantity * unit_price", name=op.f("ck_settlement_lines_total")),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlements.id"], name=op.f("fk_settlement_lines_settlement_id")
        ),
        sa.PrimaryKeyConstraint("settlement_id", "n", name=op.f("pk_settlement_lines")),
    )
    op.create_table(
        "refunds",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("settlement_id", sa.String(), nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("msgid", sa.String(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("fund", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("mutual", sa.BigInteger(), nullable=False),
        sa.Column("cash", sa.BigInteger(), nullable=False),
        sa.Column("txn_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mutual <= account", name=op.f("ck_refunds_mutual")),
        sa.CheckConstraint(
            "total > 0 AND total = fund + account + cash", name=op.f("ck_refunds_total")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_refunds_merchant_id")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlements.id"], name=op.f("fk_refunds_settlement_id")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_refunds_terminal_id")
        ),
        sa.ForeignKeyConstraint(["txn_id"], ["ledger_txns.id"], name=op.f("fk_refunds_txn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("merchant_id", "msgid", name=op.f("uq_refunds_merchant_id_msgid")),
        sa.UniqueConstraint("txn_id", name=op.f("uq_refunds_txn_id")),
    )
    op.create_index(op.f("ix_refunds_settlement_id"), "refunds", ["settlement_id"], unique=False)
    op.create_table(
        "adjustments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("settlement_id", sa.String(), nullable=False),
        sa.Column("cause_id", sa.String(), nullable=False),
        sa.Column("deductible", sa.BigInteger(), nullable=False),
        sa.Column("fund", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("txn_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(fund = 0) = (txn_id IS NULL)", name=op.f("ck_adjustments_posted")),
        sa.CheckConstraint("fund + account + due = 0", name=op.f("ck_adjustments_balanced")),
        sa.CheckConstraint("fund <> 0 OR deductible <> 0", name=op.f("ck_adjustments_changes")),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlements.id"], name=op.f("fk_adjustments_settlement_id")
        ),
        sa.ForeignKeyConstraint(["txn_id"], ["ledger_txns.id"], name=op.f("fk_adjustments_txn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustments")),
        sa.UniqueConstraint("txn_id", name=op.f("uq_adjustments_txn_id")),
    )
    op.create_index(
        op.f("ix_adjustments_settlement_id"), "adjustments", ["settlement_id"], unique=False
    )
    op.create_table(
        "settlement_messages",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("msgid", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("settlement_id", sa.String(), nullable=True),
        sa.Column("refund_id", sa.String(), nullable=True),
        sa.Column(
            "problem", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'COMMITTED') = (settlement_id IS NOT NULL)",
            name=op.f("ck_settlement_messages_committed"),
        ),
        sa.CheckConstraint(
            "(outcome = 'FENCED') = (fingerprint IS NULL)",
            name=op.f("ck_settlement_messages_fingerprint"),
        ),
        sa.CheckConstraint(
            "(outcome = 'FENCED') = (kind = 'fence')", name=op.f("ck_settlement_messages_fence")
        ),
        sa.CheckConstraint(
            "(outcome = 'REJECTED') = (problem IS NOT NULL)",
            name=op.f("ck_settlement_messages_rejected"),
        ),
        sa.CheckConstraint(
            "kind IN ('settle', 'refund', 'reverse', 'fence')",
            name=op.f("ck_settlement_messages_kind"),
        ),
        sa.CheckConstraint(
            "outcome IN ('COMMITTED', 'REJECTED', 'FENCED')",
            name=op.f("ck_settlement_messages_outcome"),
        ),
        sa.CheckConstraint(
            "length(msgid) BETWEEN 8 AND 64", name=op.f("ck_settlement_messages_msgid")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_settlement_messages_merchant_id")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_settlement_messages_terminal_id")
        ),
        sa.PrimaryKeyConstraint("merchant_id", "msgid", name=op.f("pk_settlement_messages")),
    )
    op.create_table(
        "cash_orders",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("settlement_id", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "WANTED",
                "PENDING",
                "PAID",
                "DROPPED",
                "LOST",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("provider_ref", sa.String(), nullable=True),
        sa.Column("pay_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_cash_orders_amount")),
        sa.CheckConstraint("give_up_at > pay_by", name=op.f("ck_cash_orders_times")),
        sa.CheckConstraint("looks >= 0", name=op.f("ck_cash_orders_looks")),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlements.id"], name=op.f("fk_cash_orders_settlement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_orders")),
        sa.UniqueConstraint("settlement_id", name=op.f("uq_cash_orders_settlement_id")),
    )
    op.create_index(
        "ix_cash_orders_look_at",
        "cash_orders",
        ["look_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('WANTED', 'PENDING', 'LOST')"),
    )
    op.create_table(
        "cash_refunds",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("refund_id", sa.String(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "WANTED", "DONE", name="state", native_enum=False, create_constraint=True, length=16
            ),
            nullable=False,
        ),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'DONE') = (done_at IS NOT NULL)", name=op.f("ck_cash_refunds_done")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_cash_refunds_amount")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["cash_orders.id"], name=op.f("fk_cash_refunds_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_cash_refunds_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_refunds")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_cash_refunds_refund_id")),
    )
    op.create_index(
        "ix_cash_refunds_look_at",
        "cash_refunds",
        ["look_at"],
        unique=False,
        postgresql_where=sa.text("state = 'WANTED'"),
    )
    op.create_index(op.f("ix_cash_refunds_order_id"), "cash_refunds", ["order_id"], unique=False)
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION settlement_keeps()")
