"""How far departments' feeds of changes were read.

A new table; the version that is being replaced does not know it.
"""

from alembic import op
import sqlalchemy as sa

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "change_cursors",
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last >= 0", name=op.f("ck_change_cursors_last")),
        sa.PrimaryKeyConstraint("department", name=op.f("pk_change_cursors")),
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_table("change_cursors")
