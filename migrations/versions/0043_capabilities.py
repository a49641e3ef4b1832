"""Leave to ask one question once, for one case, and which exchange it was used on.

Works beside the version that is being replaced: its exchanges have no capability.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")


def upgrade() -> None:
    _limit()
    op.create_table(
        "capabilities",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(fields) >= 1", name=op.f("ck_capabilities_has_fields")),
        sa.CheckConstraint("expires_at > granted_at", name=op.f("ck_capabilities_expires_after")),
        sa.CheckConstraint("spent_at <= expires_at", name=op.f("ck_capabilities_spent_in_time")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capabilities")),
    )
    op.create_index("ix_capabilities_case_id", "capabilities", ["case_id"])
    op.create_index(
        "ix_capabilities_unspent",
        "capabilities",
        ["expires_at"],
        postgresql_where=sa.text("spent_at IS NULL"),
    )
    op.add_column("exchanges", sa.Column("capability_id", sa.String(), nullable=True))
    op.create_unique_constraint(op.f("uq_exchanges_capability_id"), "exchanges", ["capability_id"])
    op.create_foreign_key(
        op.f("fk_exchanges_capability_id"), "exchanges", "capabilities", ["capability_id"], ["id"]
    )


def downgrade() -> None:
    _limit()
    op.drop_constraint(op.f("fk_exchanges_capability_id"), "exchanges", type_="foreignkey")
    op.drop_constraint(op.f("uq_exchanges_capability_id"), "exchanges", type_="unique")
    op.drop_column("exchanges", "capability_id")
    op.drop_table("capabilities")


def _limit() -> None:
    for limit in LIMITS:
        op.execute(limit)
