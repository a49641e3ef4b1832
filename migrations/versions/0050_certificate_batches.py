"""Batches of certificates.

Two new tables; the version that is being replaced does not know them and is not disturbed.
"""

from alembic import op
import sqlalchemy as sa

revision = "0050"
down_revision = "0043"
branch_labels = None
depends_on = None

BATCHES, ITEMS = "certificate_batches", "certificate_batch_items"
# One better refused than a queue behind a lock that somebody holds; run it again.
LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
CHECKS = {
    "state": "state IN ('queued', 'running', 'issued', 'refused')",
    "position": "position BETWEEN 0 AND 9",
    "attempts": "attempts >= 0",
    "running_is_claimed": (
        "(state = 'running') = (claim IS NOT NULL) AND (claim IS NULL) = (claimed_until IS NULL)"
    ),
    "issued_has_certificate": "(state = 'issued') = (certificate_id IS NOT NULL)",
    "refused_has_problem": "(state = 'refused') = (problem IS NOT NULL)",
}


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        BATCHES,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{BATCHES}")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f(f"fk_{BATCHES}_person_id")
        ),
        sa.CheckConstraint("until > created_at", name=op.f(f"ck_{BATCHES}_ends_after_begin")),
    )
    op.create_index(op.f(f"ix_{BATCHES}_created_at"), BATCHES, ["created_at"])
    op.create_table(
        ITEMS,
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("certificate_id", sa.String(), nullable=True),
        sa.Column("problem", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f(f"pk_{ITEMS}")),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            [f"{BATCHES}.id"],
            name=op.f(f"fk_{ITEMS}_batch_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f(f"fk_{ITEMS}_certificate_id")
        ),
        sa.UniqueConstraint("batch_id", "type", name=op.f(f"uq_{ITEMS}_batch_id_type")),
        sa.UniqueConstraint("certificate_id", name=op.f(f"uq_{ITEMS}_certificate_id")),
        *(
            sa.CheckConstraint(check, name=op.f(f"ck_{ITEMS}_{name}"))
            for name, check in CHECKS.items()
        ),
    )
    op.create_index(
        f"ix_{ITEMS}_open",
        ITEMS,
        ["batch_id", "position"],
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_table(ITEMS)
    op.drop_table(BATCHES)
