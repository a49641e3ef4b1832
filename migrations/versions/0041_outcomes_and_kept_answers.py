"""Outcomes beside live and failed, and answers kept for the time a source fails.

Works beside the version that is being replaced: every row that version writes is still allowed.
Going back forgets the kept answers and calls by their old names what only the new version tells
apart.
"""

from alembic import op
import sqlalchemy as sa

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
NOW = {
    "outcome": "outcome IN ('live', 'not_found', 'cached', 'stale', 'partial', 'failed')",
    "failure_has_fault": (
        "(outcome IN ('live', 'not_found')) = (fault IS NULL)"
        " AND (outcome IN ('live', 'not_found')) = (failure IS NULL)"
    ),
    "live_has_version": (
        "(outcome IN ('live', 'cached', 'stale')) = (record_version IS NOT NULL)"
    ),
}
BEFORE = {
    "outcome": "outcome IN ('live', 'not_found', 'failed')",
    "failure_has_fault": (
        "(outcome = 'failed') = (fault IS NOT NULL) AND (outcome = 'failed') = (failure IS NOT NULL)"
    ),
    "live_has_version": "(outcome = 'live') = (record_version IS NOT NULL)",
}
KEPT_HAS_ORIGIN = "(outcome IN ('cached', 'stale')) = (kept_from IS NOT NULL)"


def upgrade() -> None:
    _limit()
    op.add_column("exchanges", sa.Column("kept_from", sa.String(), nullable=True))
    op.create_foreign_key(
        op.f("fk_exchanges_kept_from"), "exchanges", "exchanges", ["kept_from"], ["id"]
    )
    for name, condition in NOW.items():
        _replace(name, condition)
    _check("kept_has_origin", KEPT_HAS_ORIGIN)
    op.create_table(
        "kept_answers",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("exchange_id", sa.String(), nullable=False),
        sa.Column("record_version", sa.String(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("expires_at >= as_of", name=op.f("ck_kept_answers_expires_after")),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchanges.id"], name=op.f("fk_kept_answers_exchange_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answers")),
    )
    op.create_index("ix_kept_answers_expires_at", "kept_answers", ["expires_at"])
    op.create_index("ix_kept_answers_source_subject", "kept_answers", ["source", "subject"])


def downgrade() -> None:
    _limit()
    op.drop_table("kept_answers")
    for name in ("kept_has_origin", *NOW):
        op.drop_constraint(op.f(f"ck_exchanges_{name}"), "exchanges", type_="check")
    op.drop_constraint(op.f("fk_exchanges_kept_from"), "exchanges", type_="foreignkey")
    op.drop_column("exchanges", "kept_from")
    op.execute(
        "UPDATE exchanges SET outcome = 'failed', record_version = NULL"
        " WHERE outcome IN ('cached', 'stale', 'partial')"
    )
    for name, condition in BEFORE.items():
        _check(name, condition)


def _limit() -> None:
    for limit in LIMITS:
        op.execute(limit)


def _replace(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_exchanges_{name}"), "exchanges", type_="check")
    _check(name, condition)


def _check(name: str, condition: str) -> None:
    """Add a check without holding up the table: first for new rows, then for those there are."""
    full = op.f(f"ck_exchanges_{name}")
    op.create_check_constraint(full, "exchanges", condition, postgresql_not_valid=True)
    op.execute(f"ALTER TABLE exchanges VALIDATE CONSTRAINT {full}")
