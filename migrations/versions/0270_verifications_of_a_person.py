"""An index by which people find the verifications under their own number.

Only adds.
"""

from alembic import op

revision = "0270"
down_revision = "0260"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
NAME = "ix_verification_sessions_person_hash_id"


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_index(NAME, "verification_sessions", ["person_hash", "id"])


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_index(NAME, table_name="verification_sessions")
