"""Provisional certificates: what becomes of each, and which of its answers were of the moment.

Works beside the version that is being replaced: a provisional certificate which that version issues
gets its row by a trigger; it does not say which answers were live, so each that may be older is
asked for. Provisional certificates there are get theirs here. Going back forgets which were
confirmed: they are called provisional again.
"""

from alembic import op
import sqlalchemy as sa

revision = "0100"
down_revision = "0090"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
TABLE = "certificate_confirmations"
CHECKS = {
    "state": "state IN ('waiting', 'working', 'confirmed', 'changed', 'recalled', 'over')",
    "attempts": "attempts >= 0",
    "claimed_while_working": (
        "(state = 'working') = (claim IS NOT NULL) AND (claim IS NULL) = (claimed_until IS NULL)"
    ),
    "settled_in_the_end": "(state IN ('waiting', 'working')) = (settled_at IS NULL)",
}
STATEMENTS = (
    f"""
CREATE TRIGGER {TABLE}_state_moves BEFORE UPDATE OF state ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION refuse_state_move(
  'waiting>working', 'working>waiting', 'working>confirmed', 'working>changed',
  'working>recalled', 'working>over')
""",
    f"""
CREATE FUNCTION certificates_to_confirm() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO {TABLE} (id, state, due_at, attempts)
  VALUES (NEW.id, 'waiting', NEW.issued_at + interval '1 minute', 0);
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER certificates_to_confirm AFTER INSERT ON certificates
FOR EACH ROW WHEN (NEW.provisional) EXECUTE FUNCTION certificates_to_confirm()
""",
    # After the trigger: what is issued meanwhile waits for the trigger's lock, and gets its row.
    f"""
INSERT INTO {TABLE} (id, state, due_at, attempts)
SELECT id, 'waiting', now(), 0 FROM certificates
WHERE provisional AND state IN ('issuing', 'valid', 'suspended')
""",
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.add_column("certificate_sources", sa.Column("live", sa.Boolean(), nullable=True))
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}"))
            for name, rule in CHECKS.items()
        ),
        sa.ForeignKeyConstraint(["id"], ["certificates.id"], name=op.f(f"fk_{TABLE}_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(
        op.f(f"ix_{TABLE}_open"),
        TABLE,
        ["due_at"],
        postgresql_where=sa.text("state IN ('waiting', 'working')"),
    )
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.execute("DROP TRIGGER certificates_to_confirm ON certificates")
    op.execute("DROP FUNCTION certificates_to_confirm")
    op.drop_table(TABLE)
    op.drop_column("certificate_sources", "live")
