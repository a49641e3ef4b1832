"""Operators of the system, with keys of their own.

Only adds: the version that is being replaced knows nothing of them.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "operators",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ACTIVE",
                "SUSPENDED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("jwks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_operators_named")),
        sa.CheckConstraint(
            "jsonb_array_length(jwks) BETWEEN 1 AND 5", name=op.f("ck_operators_has_keys")
        ),
        sa.CheckConstraint("cardinality(scopes) >= 1", name=op.f("ck_operators_has_scopes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operators")),
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_table("operators")
