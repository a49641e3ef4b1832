"""The outbox: messages written with the change they tell of.

A new table; the version that is being replaced does not know it.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0080"
down_revision = "0060"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
TABLE = "outbox_messages"
PENDING = "delivered_at IS NULL AND dead_at IS NULL"
CHECKS = {
    "addressed": "topic <> '' AND key <> ''",
    "payload_object": "jsonb_typeof(payload) = 'object'",
    "payload_bounded": "octet_length(payload::text) <= 8192",
    "attempts": "attempts >= 0",
    "one_end": "delivered_at IS NULL OR dead_at IS NULL",
    "dead_has_failure": "dead_at IS NULL OR failure IS NOT NULL",
}


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        TABLE,
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.CheckConstraint(sql, name=op.f(f"ck_{TABLE}_{n}")) for n, sql in CHECKS.items()),
        sa.PrimaryKeyConstraint("number", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("id", name=op.f(f"uq_{TABLE}_id")),
    )
    pending = sa.text(PENDING)
    op.create_index(
        f"ix_{TABLE}_due_pending", TABLE, ["due_at", "number"], postgresql_where=pending
    )
    op.create_index(f"ix_{TABLE}_key_pending", TABLE, ["key", "number"], postgresql_where=pending)
    op.create_index(f"ix_{TABLE}_delivered_at", TABLE, ["delivered_at"])


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_table(TABLE)
