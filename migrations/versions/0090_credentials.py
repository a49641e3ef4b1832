"""Credentials: offers to wallets, what was issued, nonces spent, presentations asked for.

Four new tables; the version that is being replaced does not know them.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0090"
down_revision = "0084"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
OFFER_CHECKS = {
    "tx_tries": "tx_tries BETWEEN 0 AND 5",
    "ends_after_begin": "expires_at > created_at",
    "redeemed_has_token": (
        "(redeemed_at IS NULL) = (token_hash IS NULL) "
        "AND (token_hash IS NULL) = (token_expires_at IS NULL) "
        "AND (token_hash IS NOT NULL OR (token_thumbprint IS NULL AND revoked_at IS NULL))"
    ),
    "issued_after_redeemed": (
        "(issued_at IS NULL) = (notification_hash IS NULL) "
        "AND (issued_at IS NULL OR redeemed_at IS NOT NULL)"
    ),
    "event": (
        "(event IS NULL) = (event_at IS NULL) AND (event IS NULL OR issued_at IS NOT NULL) "
        "AND event IN ('credential_accepted', 'credential_failure', 'credential_deleted')"
    ),
}


def upgrade() -> None:
    _limit()
    _offers()
    _issued()
    _small()


def downgrade() -> None:
    _limit()
    for table in ("presentation_requests", "spent_nonces", "issued_credentials", "credential_offers"):
        op.drop_table(table)


def _limit() -> None:
    for limit in LIMITS:
        op.execute(limit)


def _offers() -> None:
    table = "credential_offers"
    op.create_table(
        table,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("certificate_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reference_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tx_code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("tx_tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("token_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_thumbprint", sa.String(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notification_hash", sa.LargeBinary(), nullable=True),
        sa.Column("event", sa.String(), nullable=True),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{n}")) for n, sql in OFFER_CHECKS.items()),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f(f"fk_{table}_certificate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(
            sa.UniqueConstraint(column, name=op.f(f"uq_{table}_{column}"))
            for column in ("code_hash", "reference_hash", "token_hash", "notification_hash")
        ),
    )
    op.create_index(f"ix_{table}_certificate_id", table, ["certificate_id"])
    op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])


def _issued() -> None:
    table = "issued_credentials"
    op.create_table(
        table,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("certificate_id", sa.String(), nullable=False),
        sa.Column("offer_id", sa.String(), nullable=True),
        sa.Column("thumbprint", sa.String(), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("signed_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(signed_sha256) = 32", name=op.f(f"ck_{table}_signed_sha256")),
        sa.CheckConstraint("expires_at > issued_at", name=op.f(f"ck_{table}_ends_after_begin")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f(f"fk_{table}_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["credential_offers.id"], name=op.f(f"fk_{table}_offer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("signed_sha256", name=op.f(f"uq_{table}_signed_sha256")),
    )
    op.create_index(f"ix_{table}_certificate_id", table, ["certificate_id"])
    op.create_index(f"ix_{table}_offer_id", table, ["offer_id"])


def _small() -> None:
    op.create_table(
        "spent_nonces",
        sa.Column("nonce_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_spent_nonces")),
    )
    op.create_index("ix_spent_nonces_expires_at", "spent_nonces", ["expires_at"])
    table = "presentation_requests"
    op.create_table(
        table,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f(f"ck_{table}_ends_after_begin")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])
