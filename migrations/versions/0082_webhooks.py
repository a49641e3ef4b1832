"""Partners' webhooks, their deliveries, and who follows which certificate.

New tables; the version that is being replaced does not know them.
"""

from alembic import op
import sqlalchemy as sa

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ACTIVE",
                "DISABLED",
                "REMOVED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(url) BETWEEN 1 AND 500", name=op.f("ck_webhook_endpoints_url")),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_webhook_endpoints_failures")),
        sa.CheckConstraint(
            "(failures = 0) = (failing_since IS NULL)", name=op.f("ck_webhook_endpoints_failing")
        ),
        sa.CheckConstraint(
            "paused_until IS NULL OR failures > 0", name=op.f("ck_webhook_endpoints_paused")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_webhook_endpoints_merchant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_index(
        "uq_webhook_endpoints_merchant_id_url",
        "webhook_endpoints",
        ["merchant_id", "url"],
        unique=True,
        postgresql_where=sa.text("state <> 'REMOVED'"),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("endpoint_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('delivered', 'failed', 'dropped')",
            name=op.f("ck_webhook_deliveries_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome = 'delivered') = (failure IS NULL)",
            name=op.f("ck_webhook_deliveries_failure"),
        ),
        sa.CheckConstraint("latency_ms >= 0", name=op.f("ck_webhook_deliveries_latency")),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("fk_webhook_deliveries_endpoint_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(
        "ix_webhook_deliveries_endpoint_id_id", "webhook_deliveries", ["endpoint_id", "id"]
    )
    op.create_index("ix_webhook_deliveries_at", "webhook_deliveries", ["at"])
    op.create_table(
        "certificate_followers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("certificate_id", sa.String(), nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_certificate_followers_lives")),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_followers_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_certificate_followers_merchant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_followers")),
        sa.UniqueConstraint(
            "certificate_id",
            "merchant_id",
            name=op.f("uq_certificate_followers_certificate_id_merchant_id"),
        ),
    )
    op.create_index(
        "ix_certificate_followers_merchant_id_id", "certificate_followers", ["merchant_id", "id"]
    )
    op.create_index(
        "ix_certificate_followers_expires_at", "certificate_followers", ["expires_at"]
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    for table in ("certificate_followers", "webhook_deliveries", "webhook_endpoints"):
        op.drop_table(table)
