"""Partners' feeds, dead letters, secrets of webhooks, and which events a webhook is called for.

New tables, and a column with a default for rows of the version that is being replaced. That version
does not know the topic `partner.event`: its dispatchers leave such messages to the new ones. What it
told webhooks itself is in no feed.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0150"
down_revision = "0143"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
EVENTS = "ck_webhook_endpoints_events"
FEEDS_KEEP = """
CREATE FUNCTION partner_feeds_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a feed never ends' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'INSERT' AND NEW.last <> 1 THEN
    RAISE EXCEPTION 'a feed begins at 1' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.merchant_id <> OLD.merchant_id OR NEW.last <> OLD.last + 1
                           OR NEW.at < OLD.at) THEN
    RAISE EXCEPTION 'a feed goes on by one' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""
FEEDS_FILLED = """
CREATE FUNCTION partner_feeds_filled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM partner_events
                 WHERE merchant_id = NEW.merchant_id AND sequence = NEW.last) THEN
    RAISE EXCEPTION 'a feed has no gap' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""
EVENTS_KEEP = """
CREATE FUNCTION partner_events_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'an event never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM partner_feeds WHERE merchant_id = NEW.merchant_id
                 AND last = NEW.sequence AND at = NEW.at) THEN
    RAISE EXCEPTION 'an event takes the number its feed gave' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""
EVENTS_GO = """
CREATE FUNCTION partner_events_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT merchant_id, max(sequence) AS sequence FROM gone GROUP BY 1) AS last
             JOIN partner_events AS kept ON kept.merchant_id = last.merchant_id
             AND kept.sequence < last.sequence) THEN
    RAISE EXCEPTION 'a feed loses its beginning alone' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""
TRIGGERS = (
    FEEDS_KEEP,
    "CREATE TRIGGER partner_feeds_keep BEFORE INSERT OR UPDATE OR DELETE ON partner_feeds "
    "FOR EACH ROW EXECUTE FUNCTION partner_feeds_keep()",
    FEEDS_FILLED,
    "CREATE CONSTRAINT TRIGGER partner_feeds_filled AFTER INSERT OR UPDATE ON partner_feeds "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION partner_feeds_filled()",
    EVENTS_KEEP,
    "CREATE TRIGGER partner_events_keep BEFORE INSERT OR UPDATE ON partner_events "
    "FOR EACH ROW EXECUTE FUNCTION partner_events_keep()",
    EVENTS_GO,
    "CREATE TRIGGER partner_events_go AFTER DELETE ON partner_events "
    "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION partner_events_go()",
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    _feeds()
    _secrets()
    _dead_letters()
    op.add_column(
        "webhook_endpoints",
        sa.Column(
            "events",
            postgresql.ARRAY(sa.TEXT()),
            nullable=False,
            server_default=sa.text("'{certificate.*}'"),
        ),
    )
    op.create_check_constraint(
        op.f(EVENTS),
        "webhook_endpoints",
        "cardinality(events) BETWEEN 1 AND 20",
        postgresql_not_valid=True,
    )
    op.execute(f"ALTER TABLE webhook_endpoints VALIDATE CONSTRAINT {EVENTS}")


def _feeds() -> None:
    op.create_table(
        "partner_feeds",
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last >= 1", name=op.f("ck_partner_feeds_last")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_partner_feeds_merchant_id")
        ),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_partner_feeds")),
    )
    table = "partner_events"
    checks = {
        "type": "type ~ '^[a-z_]+([.][a-z_]+)+$'",
        "about": "about <> ''",
        "data_object": "jsonb_typeof(data) = 'object'",
        "data_bounded": "octet_length(data::text) <= 6144",
    }
    op.create_table(
        table,
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{n}")) for n, sql in checks.items()),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_partner_events_merchant_id")
        ),
        sa.PrimaryKeyConstraint("merchant_id", "sequence", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("id", name=op.f(f"uq_{table}_id")),
    )
    op.create_index(f"ix_{table}_at", table, ["at"])
    for statement in TRIGGERS:
        op.execute(statement)


def _secrets() -> None:
    op.create_table(
        "webhook_secrets",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("endpoint_id", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoints.id"], name=op.f("fk_webhook_secrets_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_secrets")),
    )
    op.create_index(
        "uq_webhook_secrets_endpoint_id_current",
        "webhook_secrets",
        ["endpoint_id"],
        unique=True,
        postgresql_where=sa.text("expires_at IS NULL"),
    )
    op.create_index("ix_webhook_secrets_endpoint_id", "webhook_secrets", ["endpoint_id"])


def _dead_letters() -> None:
    table = "webhook_dead_letters"
    checks = {
        "reason": "reason IN ('out_of_use', 'gone', 'failing', 'attempts_used_up')",
        "attempts": "attempts >= 0",
    }
    op.create_table(
        table,
        sa.Column("endpoint_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("died_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("replayed_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{n}")) for n, sql in checks.items()),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoints.id"], name=op.f(f"fk_{table}_endpoint_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["partner_events.id"],
            name=op.f(f"fk_{table}_event_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("endpoint_id", "event_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(
        f"ix_{table}_lying",
        table,
        ["endpoint_id", "sequence"],
        postgresql_where=sa.text("replayed_at IS NULL"),
    )
    op.create_index(f"ix_{table}_event_id", table, ["event_id"])
    op.create_index(f"ix_{table}_died_at", table, ["died_at"])


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_constraint(op.f(EVENTS), "webhook_endpoints", type_="check")
    op.drop_column("webhook_endpoints", "events")
    for table in ("webhook_dead_letters", "webhook_secrets", "partner_events", "partner_feeds"):
        op.drop_table(table)
    for name in ("events_go", "events_keep", "feeds_filled", "feeds_keep"):
        op.execute(f"DROP FUNCTION partner_{name}()")
