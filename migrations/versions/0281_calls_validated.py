"""Old appointments are checked too: 0280 checks what is written from then on.

Reading them all does not hold anybody up.
"""

from alembic import op

revision = "0281"
down_revision = "0280"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '600s'")
CHECKS = ("calls", "called", "called_into", "room")


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    validated = ", ".join(f"VALIDATE CONSTRAINT ck_appointments_{name}" for name in CHECKS)
    op.execute(f"ALTER TABLE appointments {validated}")


def downgrade() -> None:
    """Nothing: they may stay valid."""
