"""Terminals whose keys are at an address of their merchant's.

Only adds. The version that is being replaced knows no address: it lets such a terminal log in with the
keys fetched last, and with none before the first.
"""

from alembic import op
import sqlalchemy as sa

revision = "0181"
down_revision = "0180"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
COLUMNS = {
    "jwks_uri": sa.String(),
    "jwks_fetched_at": sa.DateTime(timezone=True),
    "jwks_tried_at": sa.DateTime(timezone=True),
    "jwks_failure": sa.String(),
}
CHECKS = {
    "has_keys": "jsonb_array_length(jwks) BETWEEN (CASE WHEN jwks_uri IS NULL THEN 1 ELSE 0 END) AND 5",
    "fetches": "jwks_uri IS NOT NULL OR (jwks_fetched_at IS NULL AND jwks_tried_at IS NULL "
    "AND jwks_failure IS NULL)",
    "jwks_uri": "length(jwks_uri) BETWEEN 1 AND 500",
}


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    for name, kind in COLUMNS.items():
        op.add_column("terminals", sa.Column(name, kind, nullable=True))
    # There are few terminals: checking them all takes a moment.
    op.drop_constraint(op.f("ck_terminals_has_keys"), "terminals")
    for name, sql in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_terminals_{name}"), "terminals", sql)


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_terminals_{name}"), "terminals")
    # One whose keys were never fetched has nothing to log in with; it stays, shut out.
    op.execute(
        "UPDATE terminals SET state = 'SUSPENDED', state_changed_at = now() "
        "WHERE jsonb_array_length(jwks) = 0"
    )
    op.execute(
        "ALTER TABLE terminals ADD CONSTRAINT ck_terminals_has_keys "
        "CHECK (jsonb_array_length(jwks) BETWEEN 1 AND 5) NOT VALID"
    )
    for name in COLUMNS:
        op.drop_column("terminals", name)
