"""Steps in parts, receipts, and failures by network address.

Works beside the version that is being replaced: every new column has a default or may be empty,
and no row that version writes is refused. Going back ends what only the new version understands:
sessions whose step has come in parts, and the counts of addresses.
"""

from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# One better refused than a queue behind a lock that somebody holds; run it again.
LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
WHOLE = -1
OF_STEPS = ("verification_steps", "verification_evidence")
FAILURES_NOW = "failures >= 0 AND (failures < 5 OR starts_with(subject, 'address:'))"
FAILURES_BEFORE = "failures BETWEEN 0 AND 4"
RECEIPT_OF_END = (
    "(receipt IS NULL) = (receipt_digest IS NULL) "
    "AND (receipt IS NULL OR state IN ('PASSED', 'FAILED'))"
)
PARTS_BOUNDED = "part BETWEEN 0 AND 16 AND received >= 0"


def upgrade() -> None:
    _limit()
    _sessions()
    for table in OF_STEPS:
        op.add_column(
            table, sa.Column("part", sa.Integer(), server_default=str(WHOLE), nullable=False)
        )
        _key(table, "session_id", "n", "part")
    op.add_column("token_families", sa.Column("receipt_digest", sa.String(), nullable=True))
    op.add_column(
        "lockouts",
        sa.Column("failed_sessions", sa.Integer(), server_default="0", nullable=False),
    )
    op.execute("UPDATE lockouts SET failed_sessions = failures + 5 * pauses")
    _check("lockouts", "failures_below_limit", FAILURES_NOW, replace=True)


def downgrade() -> None:
    _limit()
    op.execute("DELETE FROM lockouts WHERE starts_with(subject, 'address:')")
    _check("lockouts", "failures_below_limit", FAILURES_BEFORE, replace=True)
    op.drop_column("lockouts", "failed_sessions")
    op.drop_column("token_families", "receipt_digest")
    _end_sessions_in_parts()
    for table in OF_STEPS:
        op.execute(f"DELETE FROM {table} WHERE part <> {WHOLE}")
        _key(table, "session_id", "n")
        op.drop_column(table, "part")
    for name in ("receipt_of_end", "parts_bounded"):
        op.drop_constraint(
            op.f(f"ck_verification_sessions_{name}"), "verification_sessions", type_="check"
        )
    for column in ("receipt_digest", "receipt", "received", "part", "variant"):
        op.drop_column("verification_sessions", column)


def _limit() -> None:
    for limit in LIMITS:
        op.execute(limit)


def _sessions() -> None:
    for column in (
        sa.Column("variant", sa.String(), server_default="no_light", nullable=False),
        sa.Column("part", sa.Integer(), server_default="0", nullable=False),
        sa.Column("received", sa.Integer(), server_default="0", nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.Column("receipt_digest", sa.String(), nullable=True),
    ):
        op.add_column("verification_sessions", column)
    _check("verification_sessions", "parts_bounded", PARTS_BOUNDED)
    _check("verification_sessions", "receipt_of_end", RECEIPT_OF_END)


def _check(table: str, name: str, condition: str, *, replace: bool = False) -> None:
    """Add a check without holding up the table: first for new rows, then for those there are."""
    full = op.f(f"ck_{table}_{name}")
    if replace:
        op.drop_constraint(full, table, type_="check")
    op.create_check_constraint(full, table, condition, postgresql_not_valid=True)
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {full}")


def _key(table: str, *columns: str) -> None:
    op.drop_constraint(op.f(f"pk_{table}"), table, type_="primary")
    op.create_primary_key(op.f(f"pk_{table}"), table, list(columns))


def _end_sessions_in_parts() -> None:
    op.execute(
        "UPDATE verification_sessions SET state = 'EXPIRED', ended_at = now(), subject = NULL, "
        "template = NULL, challenge = NULL, chain = NULL, claim = NULL, claimed_until = NULL "
        "WHERE ended_at IS NULL AND part > 0"
    )
    op.execute(
        "DELETE FROM verification_evidence USING verification_sessions AS ended "
        "WHERE ended.id = session_id AND ended.ended_at IS NOT NULL"
    )
