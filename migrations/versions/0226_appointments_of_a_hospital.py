"""An index by which a hospital reads its appointments of some days.

Only adds.
"""

from alembic import op

revision = "0226"
down_revision = "0225"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
NAME = "ix_appointments_hospital_id_day_id"


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_index(NAME, "appointments", ["hospital_id", "day", "id"])


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_index(NAME, table_name="appointments")
