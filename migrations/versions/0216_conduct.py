"""Points of people who did not come or cancelled late, and outages for which nobody gets one.

New tables; the version that is being replaced does not know them.
"""

from alembic import op
import sqlalchemy as sa

revision = "0216"
down_revision = "0215"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
MOVES = (
    "'APPEALED>FORGIVEN', 'APPEALED>REVOKED', 'APPEALED>UPHELD', 'COUNTS>APPEALED', "
    "'COUNTS>FORGIVEN', 'UPHELD>FORGIVEN'"
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "booking_outages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hospital_id", sa.String(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ends_at > starts_at AND ends_at <= starts_at + interval '31 days'",
            name=op.f("ck_booking_outages_lasts"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_booking_outages_reason")),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_booking_outages_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_outages")),
    )
    op.create_index("ix_booking_outages_ends_at", "booking_outages", ["ends_at"], unique=False)
    op.create_table(
        "conduct_points",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("appointment_id", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "NO_SHOW",
                "LATE_CANCEL",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "COUNTS",
                "APPEALED",
                "UPHELD",
                "REVOKED",
                "FORGIVEN",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column(
            "forgiven_for",
            sa.Enum(
                "REFILLED",
                "STOPPED",
                "OUTAGE",
                name="forgiveness",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("appeal", sa.LargeBinary(), nullable=True),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'FORGIVEN') = (forgiven_for IS NOT NULL)",
            name=op.f("ck_conduct_points_forgiven_for"),
        ),
        sa.CheckConstraint(
            "(state IN ('UPHELD', 'REVOKED')) <= (decided_by IS NOT NULL AND decision IS NOT NULL)",
            name=op.f("ck_conduct_points_decided"),
        ),
        sa.CheckConstraint(
            "state <> 'APPEALED' OR appeal IS NOT NULL",
            name=op.f("ck_conduct_points_appealed_with_words"),
        ),
        sa.CheckConstraint("expires_at > at", name=op.f("ck_conduct_points_expires")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_conduct_points_appointment_id")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_conduct_points_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_conduct_points_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_points")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_conduct_points_appointment_id")),
    )
    op.create_index(
        "ix_conduct_points_appealed",
        "conduct_points",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state IN ('APPEALED')"),
    )
    op.create_index(
        "ix_conduct_points_expires_at_counting",
        "conduct_points",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('COUNTS', 'APPEALED', 'UPHELD')"),
    )
    op.create_index(
        "ix_conduct_points_person_id_id", "conduct_points", ["person_id", "id"], unique=False
    )
    op.execute(
        "CREATE TRIGGER conduct_points_state_moves BEFORE UPDATE OF state ON conduct_points "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_state_move({MOVES})"
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_index("ix_conduct_points_person_id_id", table_name="conduct_points")
    op.drop_index(
        "ix_conduct_points_expires_at_counting",
        table_name="conduct_points",
        postgresql_where=sa.text("state IN ('COUNTS', 'APPEALED', 'UPHELD')"),
    )
    op.drop_index(
        "ix_conduct_points_appealed",
        table_name="conduct_points",
        postgresql_where=sa.text("state IN ('APPEALED')"),
    )
    op.drop_table("conduct_points")
    op.drop_index("ix_booking_outages_ends_at", table_name="booking_outages")
    op.drop_table("booking_outages")
