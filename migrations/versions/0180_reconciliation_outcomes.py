"""What a comparison of details found, kept for the file that a merchant fetches.

A new table. What the version that is being replaced compared has no file; its differences are where
they were.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0180"
down_revision = "0160"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
OUTCOMES = "reconciliation_outcomes"
CHECKS = {
    "lines": "jsonb_typeof(lines) = 'array'",
    "counts": "jsonb_typeof(counts) = 'object'",
    "kept": "until > at",
}


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        OUTCOMES,
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.CheckConstraint(sql, name=op.f(f"ck_{OUTCOMES}_{name}"))
            for name, sql in CHECKS.items()
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["reconciliation_runs.id"], name=op.f(f"fk_{OUTCOMES}_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f(f"fk_{OUTCOMES}_merchant_id")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f(f"pk_{OUTCOMES}")),
    )
    op.create_index(f"ix_{OUTCOMES}_merchant_id_until", OUTCOMES, ["merchant_id", "until"])


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_table(OUTCOMES)
