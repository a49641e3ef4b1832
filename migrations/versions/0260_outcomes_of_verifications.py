"""An index by which operators count how verifications ended.

Only adds.
"""

import sqlalchemy as sa
from alembic import op

revision = "0260"
down_revision = "0250"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
NAME = "ix_verification_sessions_ended_at"


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_index(
        NAME,
        "verification_sessions",
        ["ended_at"],
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_index(NAME, table_name="verification_sessions")
