"""Calling people in: when, how often, into which room, and where whoever was passed over stands.

Only adds columns that the version that is being replaced neither reads nor writes. Old rows are
checked by 0281: that needs no lock that anybody waits for.
"""

from alembic import op
import sqlalchemy as sa

revision = "0280"
down_revision = "0270"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
COLUMNS = ("called_at", "calls", "room", "place_in_line")
CHECKS = {
    "calls": "calls >= 0",
    "called": "called_at IS NULL OR calls > 0",
    "called_into": "(called_at IS NULL) = (room IS NULL)",
    "room": "length(room) BETWEEN 1 AND 20",
}


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.add_column(
        "appointments", sa.Column("called_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "appointments", sa.Column("calls", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("appointments", sa.Column("room", sa.String(), nullable=True))
    op.add_column("appointments", sa.Column("place_in_line", sa.Numeric(), nullable=True))
    added = ", ".join(
        f"ADD CONSTRAINT ck_appointments_{name} CHECK ({check}) NOT VALID"
        for name, check in CHECKS.items()
    )
    op.execute(f"ALTER TABLE appointments {added}")


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_appointments_{name}"), "appointments", type_="check")
    for name in COLUMNS:
        op.drop_column("appointments", name)
