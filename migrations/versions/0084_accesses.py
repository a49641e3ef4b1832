"""Which source a look was put to, and what came of it.

Works beside the version that is being replaced: the new columns may be empty.
"""

from alembic import op
import sqlalchemy as sa

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
OUTCOME = "ck_access_events_outcome_of_source"


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    for column in ("source", "outcome"):
        op.add_column("access_events", sa.Column(column, sa.String(), nullable=True))
    op.create_check_constraint(
        op.f(OUTCOME),
        "access_events",
        "(source IS NULL) = (outcome IS NULL)",
        postgresql_not_valid=True,
    )
    op.execute(f"ALTER TABLE access_events VALIDATE CONSTRAINT {OUTCOME}")


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_constraint(op.f(OUTCOME), "access_events", type_="check")
    for column in ("outcome", "source"):
        op.drop_column("access_events", column)
