"""Releases of sessions, the line before each, and the tickets of those who stand in it.

New tables; the version that is being replaced does not know them. What was published of a release
and told of a ticket is kept by triggers.
"""

from alembic import op
import sqlalchemy as sa

revision = "0210"
down_revision = "0205"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
FUNCTIONS = (
    """
CREATE FUNCTION releases_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.hospital_id, NEW.mode, NEW.tickets_from, NEW.tickets_until, NEW.opens_at, NEW.closes_at,
      NEW.admits_per_minute, NEW.admission_seconds, NEW.most_tickets, NEW.commitment,
      NEW.public_source)
    IS DISTINCT FROM
     (OLD.hospital_id, OLD.mode, OLD.tickets_from, OLD.tickets_until, OLD.opens_at, OLD.closes_at,
      OLD.admits_per_minute, OLD.admission_seconds, OLD.most_tickets, OLD.commitment,
      OLD.public_source)
    OR (OLD.closed_at IS NOT NULL AND (NEW.closed_at, NEW.entries, NEW.entries_digest)
      IS DISTINCT FROM (OLD.closed_at, OLD.entries, OLD.entries_digest))
    OR (OLD.drawn_at IS NOT NULL AND (NEW.drawn_at, NEW.public_value, NEW.revealed)
      IS DISTINCT FROM (OLD.drawn_at, OLD.public_value, OLD.revealed))
    OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at) THEN
    RAISE EXCEPTION 'what was published of a release stays' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
    """
CREATE FUNCTION queue_tickets_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.release_id, NEW.person_id, NEW.taken_at)
      IS DISTINCT FROM (OLD.release_id, OLD.person_id, OLD.taken_at)
    OR (OLD.rank IS NOT NULL AND (NEW.rank, NEW.admits_at, NEW.admits_until)
      IS DISTINCT FROM (OLD.rank, OLD.admits_at, OLD.admits_until))
    OR (OLD.used_at IS NOT NULL AND (NEW.used_at, NEW.session_id)
      IS DISTINCT FROM (OLD.used_at, OLD.session_id)) THEN
    RAISE EXCEPTION 'what a ticket was told stays' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
    """
CREATE FUNCTION queue_tickets_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM releases WHERE id = NEW.release_id AND closed_at IS NULL FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the entries of this release were counted'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
)
TRIGGERS = (
    "CREATE TRIGGER releases_keep BEFORE UPDATE ON releases "
    "FOR EACH ROW EXECUTE FUNCTION releases_keep()",
    "CREATE TRIGGER queue_tickets_keep BEFORE UPDATE ON queue_tickets "
    "FOR EACH ROW EXECUTE FUNCTION queue_tickets_keep()",
    "CREATE TRIGGER queue_tickets_closed BEFORE INSERT ON queue_tickets "
    "FOR EACH ROW EXECUTE FUNCTION queue_tickets_closed()",
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    _tables()
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_index(op.f("ix_release_sessions_release_id"), table_name="release_sessions")
    op.drop_table("release_sessions")
    op.drop_index("ix_queue_tickets_release_id_admits_at", table_name="queue_tickets")
    op.drop_table("queue_tickets")
    op.drop_table("queue_tails")
    op.drop_index("ix_releases_hospital_id_id", table_name="releases")
    op.drop_table("releases")
    for function in ("releases_keep", "queue_tickets_keep", "queue_tickets_closed"):
        op.execute(f"DROP FUNCTION {function}()")


def _tables() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "FIFO", "LOTTERY", name="mode", native_enum=False, create_constraint=True, length=8
            ),
            nullable=False,
        ),
        sa.Column("tickets_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tickets_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("admits_per_minute", sa.Integer(), nullable=False),
        sa.Column("admission_seconds", sa.Integer(), nullable=False),
        sa.Column("most_tickets", sa.Integer(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(), nullable=True),
        sa.Column("public_source", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=True),
        sa.Column("entries_digest", sa.LargeBinary(), nullable=True),
        sa.Column("public_value", sa.String(), nullable=True),
        sa.Column("revealed", sa.LargeBinary(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(mode = 'LOTTERY') = (seed IS NOT NULL) AND (mode = 'LOTTERY') = (commitment IS NOT NULL) AND (mode = 'LOTTERY') = (public_source IS NOT NULL)",
            name=op.f("ck_releases_lottery_committed"),
        ),
        sa.CheckConstraint(
            "mode <> 'LOTTERY' OR tickets_until <= opens_at",
            name=op.f("ck_releases_entries_before"),
        ),
        sa.CheckConstraint(
            "mode = 'LOTTERY' OR (closed_at IS NULL AND drawn_at IS NULL)",
            name=op.f("ck_releases_only_lotteries"),
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_releases_named")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (entries IS NULL) AND (closed_at IS NULL) = (entries_digest IS NULL)",
            name=op.f("ck_releases_closed_counted"),
        ),
        sa.CheckConstraint(
            "(drawn_at IS NULL) = (public_value IS NULL) AND (drawn_at IS NULL) = (revealed IS NULL)",
            name=op.f("ck_releases_drawn_in_public"),
        ),
        sa.CheckConstraint(
            "admission_seconds BETWEEN 30 AND 86400", name=op.f("ck_releases_admission_seconds")
        ),
        sa.CheckConstraint(
            "admits_per_minute BETWEEN 1 AND 60000", name=op.f("ck_releases_admits_per_minute")
        ),
        sa.CheckConstraint("closed_at >= tickets_until", name=op.f("ck_releases_closed_in_time")),
        sa.CheckConstraint(
            "drawn_at IS NULL OR (closed_at IS NOT NULL AND drawn_at >= closed_at)",
            name=op.f("ck_releases_drawn_after_closing"),
        ),
        sa.CheckConstraint(
            "most_tickets BETWEEN 1 AND 200000", name=op.f("ck_releases_most_tickets")
        ),
        sa.CheckConstraint(
            "revealed IS NULL OR sha256(revealed) = commitment", name=op.f("ck_releases_seed_kept")
        ),
        sa.CheckConstraint("tickets_from < tickets_until", name=op.f("ck_releases_takes_tickets")),
        sa.CheckConstraint(
            "tickets_from <= opens_at AND opens_at < closes_at", name=op.f("ck_releases_opens")
        ),
        sa.CheckConstraint(
            "tickets_until <= closes_at", name=op.f("ck_releases_tickets_before_end")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_releases_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
    )
    op.create_index("ix_releases_hospital_id_id", "releases", ["hospital_id", "id"], unique=False)
    op.create_table(
        "queue_tails",
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("admits_next", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tickets >= 0", name=op.f("ck_queue_tails_tickets")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_queue_tails_release_id")
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_queue_tails")),
    )
    op.create_table(
        "queue_tickets",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("admits_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("admits_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(rank IS NULL) = (admits_at IS NULL) AND (rank IS NULL) = (admits_until IS NULL)",
            name=op.f("ck_queue_tickets_ranked_is_admitted"),
        ),
        sa.CheckConstraint(
            "(used_at IS NULL) = (session_id IS NULL)", name=op.f("ck_queue_tickets_used_for")
        ),
        sa.CheckConstraint("admits_until > admits_at", name=op.f("ck_queue_tickets_lasts")),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_queue_tickets_rank")),
        sa.CheckConstraint(
            "used_at IS NULL OR (rank IS NOT NULL AND used_at >= admits_at AND used_at < admits_until)",
            name=op.f("ck_queue_tickets_used_in_turn"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_queue_tickets_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_queue_tickets_release_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["clinic_sessions.id"], name=op.f("fk_queue_tickets_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_tickets")),
        sa.UniqueConstraint(
            "release_id", "person_id", name=op.f("uq_queue_tickets_release_id_person_id")
        ),
        sa.UniqueConstraint("release_id", "rank", name=op.f("uq_queue_tickets_release_id_rank")),
    )
    op.create_index(
        "ix_queue_tickets_release_id_admits_at",
        "queue_tickets",
        ["release_id", "admits_at", "rank"],
        unique=False,
    )
    op.create_table(
        "release_sessions",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("release_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_release_sessions_release_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["clinic_sessions.id"], name=op.f("fk_release_sessions_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_release_sessions")),
    )
    op.create_index(
        op.f("ix_release_sessions_release_id"), "release_sessions", ["release_id"], unique=False
    )
