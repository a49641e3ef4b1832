"""Secret links to calendars of appointments.

A new table; the version that is being replaced does not know it.
"""

from alembic import op
import sqlalchemy as sa

revision = "0221"
down_revision = "0220"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("shows", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "octet_length(secret_hash) = 32", name=op.f("ck_calendar_feeds_secret_hash")
        ),
        sa.CheckConstraint(
            "shows IN ('discreet', 'department')", name=op.f("ck_calendar_feeds_shows")
        ),
        sa.CheckConstraint("ended_at >= created_at", name=op.f("ck_calendar_feeds_ends")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_calendar_feeds_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_feeds_secret_hash")),
    )
    op.create_index(
        "uq_calendar_feeds_person_id_open",
        "calendar_feeds",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_index(
        "uq_calendar_feeds_person_id_open",
        table_name="calendar_feeds",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("calendar_feeds")
