"""The cash part: orders at the payment provider, refunds, what it told, what contradicts.

New tables; the version that is being replaced does not know them.
"""

from alembic import op
import sqlalchemy as sa

revision = "0120"
down_revision = "0112"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
ID = "^[A-Za-z0-9_-]{1,64}$"
TABLES = ("payment_alerts", "payment_events", "payment_refunds", "payment_orders")
ORDER_CHECKS = {
    "order_id": f"order_id ~ '{ID}'",
    "provider_ref": f"provider_ref ~ '{ID}'",
    "amount": "amount BETWEEN 1 AND 1000000000",
    "refund_within_amount": "refund_asked BETWEEN 0 AND amount",
}
REFUND_CHECKS = {
    "refund_id": f"refund_id ~ '{ID}'",
    "amount": "amount >= 1",
    "state": "state IN ('ASKED', 'DONE', 'FAILED')",
}
EVENT_CHECKS = {
    "id": f"id ~ '{ID}'",
    "state": "state IN ('PAID', 'FAILED', 'REFUNDED')",
    "refund_of_refund": "(state = 'REFUNDED') = (refund_id IS NOT NULL)",
    "amount": "amount >= 1",
    "sha256": "octet_length(sha256) = 32",
}
ALERT_CHECKS = {
    "about": f"about ~ '{ID}'",
    "explained": "reason <> '' AND source IN ('answer', 'notice')",
    "counted": "count >= 1 AND last_at >= first_at",
}
TRIGGERS = (
    """
CREATE FUNCTION payment_orders_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a payment order is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - 'provider_ref' - 'refund_asked')
    IS DISTINCT FROM (to_jsonb(OLD) - 'provider_ref' - 'refund_asked')
    OR (OLD.provider_ref IS NOT NULL AND NEW.provider_ref IS DISTINCT FROM OLD.provider_ref) THEN
    RAISE EXCEPTION 'what was ordered does not change' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
    """
CREATE TRIGGER payment_orders_keep BEFORE UPDATE OR DELETE ON payment_orders
FOR EACH ROW EXECUTE FUNCTION payment_orders_keep()
""",
    """
CREATE FUNCTION payment_refunds_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a refund is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (to_jsonb(NEW) - 'state') IS DISTINCT FROM (to_jsonb(OLD) - 'state') THEN
    RAISE EXCEPTION 'only the state of a refund changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
    """
CREATE TRIGGER payment_refunds_keep BEFORE UPDATE OR DELETE ON payment_refunds
FOR EACH ROW EXECUTE FUNCTION payment_refunds_keep()
""",
    """
CREATE TRIGGER payment_refunds_state_moves BEFORE UPDATE OF state ON payment_refunds
FOR EACH ROW EXECUTE FUNCTION refuse_state_move('ASKED>DONE', 'ASKED>FAILED')
""",
    """
CREATE TRIGGER payment_events_only_grows BEFORE UPDATE OR DELETE ON payment_events
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    _orders()
    _refunds()
    _events()
    _alerts()
    for statement in TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION payment_orders_keep()")
    op.execute("DROP FUNCTION payment_refunds_keep()")


def _checks(table: str, checks: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{n}")) for n, sql in checks.items()]


def _orders() -> None:
    table = "payment_orders"
    op.create_table(
        table,
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=True),
        sa.Column("refund_asked", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_checks(table, ORDER_CHECKS),
        sa.PrimaryKeyConstraint("order_id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("provider_ref", name=op.f(f"uq_{table}_provider_ref")),
    )


def _refunds() -> None:
    table = "payment_refunds"
    op.create_table(
        table,
        sa.Column("refund_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_checks(table, REFUND_CHECKS),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_orders.order_id"], name=op.f(f"fk_{table}_order_id")
        ),
        sa.PrimaryKeyConstraint("refund_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_order_id", table, ["order_id"])


def _events() -> None:
    table = "payment_events"
    op.create_table(
        table,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("refund_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        *_checks(table, EVENT_CHECKS),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_orders.order_id"], name=op.f(f"fk_{table}_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["payment_refunds.refund_id"], name=op.f(f"fk_{table}_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_order_id", table, ["order_id"])


def _alerts() -> None:
    table = "payment_alerts"
    op.create_table(
        table,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        *_checks(table, ALERT_CHECKS),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        f"uq_{table}_about_reason_source",
        table,
        ["about", "reason", "source"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
