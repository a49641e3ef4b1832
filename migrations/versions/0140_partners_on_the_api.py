"""Merchants have a kind, a region and a state; what is done to partners is recorded.

Only adds: the version that is being replaced writes merchants without the new columns, which the
database fills in.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0140"
down_revision = "0130"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
CHECKS = {
    "kind": "kind IN ('pharmacy', 'hospital', 'clinic', 'office')",
    "region": "region ~ '^[0-9]{6}$'",
    "state": "state IN ('ACTIVE', 'SUSPENDED')",
}


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.add_column(
        "merchants",
        sa.Column("kind", sa.String(), nullable=False, server_default=sa.text("'pharmacy'")),
    )
    op.add_column("merchants", sa.Column("region", sa.String(), nullable=True))
    op.add_column(
        "merchants",
        sa.Column("state", sa.String(), nullable=False, server_default=sa.text("'ACTIVE'")),
    )
    op.add_column(
        "merchants",
        sa.Column(
            "state_changed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.now(),
        ),
    )
    for name, sql in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_merchants_{name}"), "merchants", sql)
    op.create_table(
        "partner_changes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("terminal_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("detail", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.CheckConstraint("actor <> '' AND action <> ''", name=op.f("ck_partner_changes_told")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_partner_changes_merchant_id")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_partner_changes_terminal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_changes")),
    )
    op.create_index("ix_partner_changes_merchant_id_id", "partner_changes", ["merchant_id", "id"])
    op.execute(
        "CREATE TRIGGER partner_changes_only_grows BEFORE UPDATE OR DELETE ON partner_changes "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_table("partner_changes")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_merchants_{name}"), "merchants", type_="check")
    for column in ("state_changed_at", "state", "region", "kind"):
        op.drop_column("merchants", column)
