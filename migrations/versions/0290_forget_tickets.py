"""Queue tickets of releases that ended long ago are forgotten; what was used is counted first.

Only adds columns that the version that is being replaced neither reads nor writes. Old rows are
checked by 0291: that needs no lock that anybody waits for. A ticket cannot go before its release
says so.
"""

from alembic import op
import sqlalchemy as sa

revision = "0290"
down_revision = "0281"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
CHECKS = {
    "used_in_all": "used_in_all >= 0",
    "forgotten": "forgotten_at IS NULL OR (used_in_all IS NOT NULL AND forgotten_at > closes_at)",
}
INDEXES = {
    "ix_releases_to_close": (
        "tickets_until",
        "mode = 'LOTTERY' AND closed_at IS NULL AND withdrawn_at IS NULL",
    ),
    "ix_releases_to_forget": ("closes_at", "forgotten_at IS NULL"),
}
FUNCTION = """
CREATE FUNCTION queue_tickets_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM releases WHERE id = OLD.release_id AND used_in_all IS NOT NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the tickets of this release are still published'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END $$
"""
TRIGGER = (
    "CREATE TRIGGER queue_tickets_stay BEFORE DELETE ON queue_tickets "
    "FOR EACH ROW EXECUTE FUNCTION queue_tickets_stay()"
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.add_column(
        "releases", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("releases", sa.Column("used_in_all", sa.Integer(), nullable=True))
    added = ", ".join(
        f"ADD CONSTRAINT ck_releases_{name} CHECK ({check}) NOT VALID"
        for name, check in CHECKS.items()
    )
    op.execute(f"ALTER TABLE releases {added}")
    for name, (column, where) in INDEXES.items():
        op.create_index(name, "releases", [column], postgresql_where=sa.text(where))
    op.execute(FUNCTION)
    op.execute(TRIGGER)


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.execute("DROP TRIGGER queue_tickets_stay ON queue_tickets")
    op.execute("DROP FUNCTION queue_tickets_stay()")
    for name in INDEXES:
        op.drop_index(name, table_name="releases")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_releases_{name}"), "releases", type_="check")
    op.drop_column("releases", "used_in_all")
    op.drop_column("releases", "forgotten_at")
