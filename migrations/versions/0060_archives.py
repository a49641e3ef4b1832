"""Upgraded certificates: their second file, and the jobs that make it.

Works beside the version that is being replaced: a certificate which that version issues gets its job
by a trigger, and both its tables stay as they were. Going back loses the second files; the first
ones are as good as they were.
"""

from alembic import op
import sqlalchemy as sa

revision = "0060"
down_revision = "0050"
branch_labels = None
depends_on = None

# One better refused than a queue behind a lock that somebody holds; run it again.
LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
ARCHIVES, JOBS = "certificate_archives", "certificate_archive_jobs"
CLAIMED = "(state = 'working') = (claim IS NOT NULL) AND (claim IS NULL) = (claimed_until IS NULL)"
STATEMENTS = (
    """
CREATE FUNCTION certificate_archives_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'pdf') IS DISTINCT FROM (to_jsonb(OLD) - 'pdf') THEN
    RAISE EXCEPTION 'an archived certificate is only sealed anew' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
    """
CREATE TRIGGER certificate_archives_keep BEFORE UPDATE OR DELETE ON certificate_archives
FOR EACH ROW EXECUTE FUNCTION certificate_archives_keep()
""",
    """
CREATE TRIGGER certificate_archive_jobs_state_moves BEFORE UPDATE OF state ON certificate_archive_jobs
FOR EACH ROW EXECUTE FUNCTION refuse_state_move(
  'waiting>working', 'working>waiting', 'working>done', 'working>refused', 'refused>waiting')
""",
    """
CREATE FUNCTION certificates_to_archive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO certificate_archive_jobs (id, state, due_at, attempts)
  VALUES (NEW.id, 'waiting', NEW.issued_at, 0);
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER certificates_to_archive AFTER INSERT ON certificates
FOR EACH ROW EXECUTE FUNCTION certificates_to_archive()
""",
    # After the trigger: what is issued meanwhile waits for the trigger's lock, and gets its job.
    """
INSERT INTO certificate_archive_jobs (id, state, due_at, attempts)
SELECT id, 'waiting', issued_at, 0 FROM certificates
""",
)


def upgrade() -> None:
    _limit()
    _archives()
    _jobs()
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    _limit()
    op.execute("DROP TRIGGER certificates_to_archive ON certificates")
    op.execute("DROP FUNCTION certificates_to_archive")
    op.drop_table(JOBS)
    op.drop_table(ARCHIVES)
    op.execute("DROP FUNCTION certificate_archives_keep")


def _limit() -> None:
    for limit in LIMITS:
        op.execute(limit)


def _archives() -> None:
    op.create_table(
        ARCHIVES,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 32", name=op.f(f"ck_{ARCHIVES}_sha256")),
        sa.ForeignKeyConstraint(
            ["id"], ["certificates.id"], name=op.f(f"fk_{ARCHIVES}_id_certificates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ARCHIVES}")),
        sa.UniqueConstraint("sha256", name=op.f(f"uq_{ARCHIVES}_sha256")),
    )


def _jobs() -> None:
    op.create_table(
        JOBS,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'working', 'done', 'refused')", name=op.f(f"ck_{JOBS}_state")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f(f"ck_{JOBS}_attempts")),
        sa.CheckConstraint(CLAIMED, name=op.f(f"ck_{JOBS}_claimed_while_working")),
        sa.ForeignKeyConstraint(
            ["id"], ["certificates.id"], name=op.f(f"fk_{JOBS}_id_certificates")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{JOBS}")),
    )
    op.create_index(
        op.f(f"ix_{JOBS}_open"),
        JOBS,
        ["due_at"],
        postgresql_where=sa.text("state IN ('waiting', 'working')"),
    )
