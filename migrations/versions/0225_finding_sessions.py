"""An index by which sessions are found in the order of their days.

Only adds.
"""

from alembic import op
import sqlalchemy as sa

revision = "0225"
down_revision = "0221"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
NAME = "ix_clinic_sessions_day_starts_at_id_published"
PUBLISHED = sa.text("state IN ('PUBLISHED')")


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_index(
        NAME, "clinic_sessions", ["day", "starts_at", "id"], postgresql_where=PUBLISHED
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_index(NAME, table_name="clinic_sessions", postgresql_where=PUBLISHED)
