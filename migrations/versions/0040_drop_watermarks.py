"""The newest drop of each department that was ever used: an older one never replaces it.

Only adds: the version that is being replaced knows nothing of it.
"""

from alembic import op
import sqlalchemy as sa

revision = "0040"
down_revision = "0002"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "drop_watermarks",
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_drop_watermarks_sequence")),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_drop_watermarks_digest")),
        sa.PrimaryKeyConstraint("department", name=op.f("pk_drop_watermarks")),
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_table("drop_watermarks")
