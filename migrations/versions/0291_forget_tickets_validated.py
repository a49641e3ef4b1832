"""Old releases are checked too: 0290 checks what is written from then on.

Reading them all does not hold anybody up.
"""

from alembic import op

revision = "0291"
down_revision = "0290"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '600s'")
CHECKS = ("used_in_all", "forgotten")


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    validated = ", ".join(f"VALIDATE CONSTRAINT ck_releases_{name}" for name in CHECKS)
    op.execute(f"ALTER TABLE releases {validated}")


def downgrade() -> None:
    """Nothing: they may stay valid."""
