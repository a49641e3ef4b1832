"""The waitlist: entries, who is in them, what they were given, and why they were passed over.

New tables; the version that is being replaced does not know them.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0215"
down_revision = "0210"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
MOVES = (
    "'OFFERED>BOOKED', 'OFFERED>DECLINED', 'OFFERED>LAPSED', 'OFFERED>WAITING', "
    "'WAITING>BOOKED', 'WAITING>CLOSED', 'WAITING>OFFERED', 'WAITING>WITHDRAWN'"
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "waitlist_entries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("department_id", sa.String(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=True),
        sa.Column("session_id", sa.String(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("half_days", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("most_fee", sa.BigInteger(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "WAITING",
                "OFFERED",
                "BOOKED",
                "DECLINED",
                "LAPSED",
                "WITHDRAWN",
                "CLOSED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cardinality(half_days) BETWEEN 1 AND 3 AND half_days <@ ARRAY['morning', 'afternoon', 'evening']",
            name=op.f("ck_waitlist_entries_half_days"),
        ),
        sa.CheckConstraint(
            "most_fee BETWEEN 0 AND 1000000", name=op.f("ck_waitlist_entries_most_fee")
        ),
        sa.CheckConstraint(
            "to_day >= from_day AND to_day <= from_day + 60", name=op.f("ck_waitlist_entries_days")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_waitlist_entries_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_waitlist_entries_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_waitlist_entries_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioners.id"],
            name=op.f("fk_waitlist_entries_practitioner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["clinic_sessions.id"], name=op.f("fk_waitlist_entries_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entries")),
    )
    op.create_index(
        "ix_waitlist_entries_offered",
        "waitlist_entries",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'OFFERED'"),
    )
    op.create_index(
        "ix_waitlist_entries_person_id_id", "waitlist_entries", ["person_id", "id"], unique=False
    )
    op.create_index(
        "ix_waitlist_entries_to_day_waiting",
        "waitlist_entries",
        ["to_day"],
        unique=False,
        postgresql_where=sa.text("state IN ('WAITING')"),
    )
    op.create_index(
        "ix_waitlist_entries_waiting",
        "waitlist_entries",
        ["department_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('WAITING')"),
    )
    op.create_table(
        "waitlist_members",
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("mandate_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["waitlist_entries.id"], name=op.f("fk_waitlist_members_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["family_agreements.id"], name=op.f("fk_waitlist_members_mandate_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_waitlist_members_person_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "person_id", name=op.f("pk_waitlist_members")),
    )
    op.create_index(
        op.f("ix_waitlist_members_person_id"), "waitlist_members", ["person_id"], unique=False
    )
    op.create_table(
        "waitlist_skips",
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('QUOTA', 'OVERLAP', 'RESTRICTED', 'MANDATE', 'TOO_LATE', 'TOO_FEW_FOR_GROUP')",
            name=op.f("ck_waitlist_skips_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["waitlist_entries.id"], name=op.f("fk_waitlist_skips_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["clinic_sessions.id"], name=op.f("fk_waitlist_skips_session_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "session_id", "reason", name=op.f("pk_waitlist_skips")),
    )
    op.create_table(
        "waitlist_places",
        sa.Column("appointment_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_waitlist_places_appointment_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["waitlist_entries.id"], name=op.f("fk_waitlist_places_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["slot_units.id"], name=op.f("fk_waitlist_places_unit_id")
        ),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_waitlist_places")),
    )
    op.create_index(
        op.f("ix_waitlist_places_entry_id"), "waitlist_places", ["entry_id"], unique=False
    )
    op.create_index(
        op.f("ix_waitlist_places_unit_id"), "waitlist_places", ["unit_id"], unique=False
    )
    op.execute(
        "CREATE TRIGGER waitlist_entries_state_moves BEFORE UPDATE OF state ON waitlist_entries "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_state_move({MOVES})"
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_index(op.f("ix_waitlist_places_unit_id"), table_name="waitlist_places")
    op.drop_index(op.f("ix_waitlist_places_entry_id"), table_name="waitlist_places")
    op.drop_table("waitlist_places")
    op.drop_table("waitlist_skips")
    op.drop_index(op.f("ix_waitlist_members_person_id"), table_name="waitlist_members")
    op.drop_table("waitlist_members")
    op.drop_index(
        "ix_waitlist_entries_waiting",
        table_name="waitlist_entries",
        postgresql_where=sa.text("state IN ('WAITING')"),
    )
    op.drop_index(
        "ix_waitlist_entries_to_day_waiting",
        table_name="waitlist_entries",
        postgresql_where=sa.text("state IN ('WAITING')"),
    )
    op.drop_index("ix_waitlist_entries_person_id_id", table_name="waitlist_entries")
    op.drop_index(
        "ix_waitlist_entries_offered",
        table_name="waitlist_entries",
        postgresql_where=sa.text("state = 'OFFERED'"),
    )
    op.drop_table("waitlist_entries")
