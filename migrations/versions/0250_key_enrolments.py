"""Codes by which a client's next key is registered.

Only adds: the version that is being replaced knows nothing of them.
"""

from alembic import op
import sqlalchemy as sa

revision = "0250"
down_revision = "0226"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
CHECKS = {
    "one_client": "num_nonnulls(terminal_id, operator_id) = 1",
    "digest": "octet_length(digest) = 32",
    "made": "made_by <> '' AND expires_at > made_at",
    "used": "(used_at IS NULL) = (kid IS NULL)",
    "revoked": "(revoked_at IS NULL) = (revoked_by IS NULL)",
    "one_end": "num_nonnulls(used_at, revoked_at) <= 1",
}
ENDED = "(OLD.used_at IS NOT NULL OR OLD.revoked_at IS NOT NULL)"


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "key_enrolments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("terminal_id", sa.String(), nullable=True),
        sa.Column("operator_id", sa.String(), nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.Column("kid", sa.String(), nullable=True),
        sa.Column("revoked_at", moment, nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        *(
            sa.CheckConstraint(sql, name=op.f(f"ck_key_enrolments_{name}"))
            for name, sql in CHECKS.items()
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminals.id"], name=op.f("fk_key_enrolments_terminal_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_key_enrolments_operator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_enrolments")),
        sa.UniqueConstraint("digest", name=op.f("uq_key_enrolments_digest")),
    )
    op.execute(
        "CREATE TRIGGER key_enrolments_ended_stay BEFORE UPDATE ON key_enrolments "
        f"FOR EACH ROW WHEN {ENDED} EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER key_enrolments_stay BEFORE DELETE ON key_enrolments "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_table("key_enrolments")
