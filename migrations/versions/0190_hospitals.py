"""Hospitals, their sessions and numbered places, and appointments.

New tables; the version that is being replaced does not know them. What needs more than one row is
kept by triggers: at each commit a place and its appointment say the same, and a pool has as many
places as it says.
"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0190"
down_revision = "0181"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
CLAIMING = (
    "state IN ('OFFERED', 'PENDING_PAYMENT', 'BOOKED', 'NOSHOW', 'EXCUSED', 'ARRIVED', 'FULFILLED')"
)
SESSION_MOVES = "'DRAFT>PUBLISHED', 'DRAFT>STOPPED', 'PUBLISHED>CLOSED', 'PUBLISHED>STOPPED'"
UNIT_MOVES = "'BOOKED>BLOCKED', 'BOOKED>CHECKED_IN', 'BOOKED>FREE', 'BOOKED>OFFERED', 'CHECKED_IN>BLOCKED', 'CHECKED_IN>SERVED', 'DRAFT>BLOCKED', 'DRAFT>FREE', 'FREE>BLOCKED', 'FREE>BOOKED', 'FREE>HELD', 'FREE>OFFERED', 'HELD>BLOCKED', 'HELD>BOOKED', 'HELD>FREE', 'HELD>OFFERED', 'OFFERED>BLOCKED', 'OFFERED>BOOKED', 'OFFERED>FREE', 'OFFERED>HELD'"
APPOINTMENT_MOVES = "'ARRIVED>CANCELLED_HOSPITAL', 'ARRIVED>FULFILLED', 'BOOKED>ARRIVED', 'BOOKED>CANCELLED_HOSPITAL', 'BOOKED>CANCELLED_PATIENT', 'BOOKED>NOSHOW', 'BOOKED>RESCHEDULED', 'NOSHOW>EXCUSED', 'OFFERED>BOOKED', 'OFFERED>CANCELLED_HOSPITAL', 'OFFERED>DECLINED', 'OFFERED>EXPIRED', 'OFFERED>PENDING_PAYMENT', 'PENDING_PAYMENT>BOOKED', 'PENDING_PAYMENT>CANCELLED_HOSPITAL', 'PENDING_PAYMENT>CANCELLED_PATIENT', 'PENDING_PAYMENT>EXPIRED'"
FUNCTIONS = (
    f"""
CREATE FUNCTION slot_units_agree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  place varchar;
  state_now varchar;
  claimed varchar;
BEGIN
  IF TG_TABLE_NAME = 'slot_units' THEN place := NEW.id; ELSE place := NEW.unit_id; END IF;
  SELECT state INTO state_now FROM slot_units WHERE id = place;
  SELECT CASE state WHEN 'PENDING_PAYMENT' THEN 'HELD' WHEN 'NOSHOW' THEN 'BOOKED'
    WHEN 'EXCUSED' THEN 'BOOKED' WHEN 'ARRIVED' THEN 'CHECKED_IN' WHEN 'FULFILLED' THEN 'SERVED'
    ELSE state END
  INTO claimed FROM appointments WHERE unit_id = place AND {CLAIMING};
  IF (claimed IS NULL AND state_now NOT IN ('DRAFT', 'FREE', 'BLOCKED'))
    OR (claimed IS NOT NULL AND claimed <> state_now) THEN
    RAISE EXCEPTION 'place % is % and its appointment %', place, state_now, claimed
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE FUNCTION unit_pools_count() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  pools varchar[];
  pool varchar;
  counted integer;
  said integer;
BEGIN
  IF TG_TABLE_NAME = 'unit_pools' THEN pools := ARRAY[NEW.id];
  ELSIF TG_OP = 'INSERT' THEN pools := ARRAY[NEW.pool_id];
  ELSIF TG_OP = 'DELETE' THEN pools := ARRAY[OLD.pool_id];
  ELSE pools := ARRAY[OLD.pool_id, NEW.pool_id]; END IF;
  FOREACH pool IN ARRAY pools LOOP
    SELECT size INTO said FROM unit_pools WHERE id = pool;
    SELECT count(*) INTO counted FROM slot_units WHERE pool_id = pool;
    IF said <> counted THEN
      RAISE EXCEPTION 'pool % says % and has % places', pool, said, counted
        USING ERRCODE = 'check_violation';
    END IF;
  END LOOP;
  RETURN NULL;
END $$
""",
    """
CREATE FUNCTION clinic_sessions_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.hospital_id, NEW.department_id, NEW.practitioner_id, NEW.day)
    IS DISTINCT FROM (OLD.hospital_id, OLD.department_id, OLD.practitioner_id, OLD.day)
    AND EXISTS (SELECT FROM appointments WHERE session_id = OLD.id AND state IN
      ('OFFERED', 'PENDING_PAYMENT', 'BOOKED', 'ARRIVED')) THEN
    RAISE EXCEPTION 'a session with appointments stays what it is'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
    """
CREATE FUNCTION appointment_events_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what happened to an appointment stays' USING ERRCODE = 'restrict_violation';
END $$
""",
)
TRIGGERS = (
    f"CREATE TRIGGER clinic_sessions_state_moves BEFORE UPDATE OF state ON clinic_sessions "
    f"FOR EACH ROW EXECUTE FUNCTION refuse_state_move({SESSION_MOVES})",
    f"CREATE TRIGGER slot_units_state_moves BEFORE UPDATE OF state ON slot_units "
    f"FOR EACH ROW EXECUTE FUNCTION refuse_state_move({UNIT_MOVES})",
    f"CREATE TRIGGER appointments_state_moves BEFORE UPDATE OF state ON appointments "
    f"FOR EACH ROW EXECUTE FUNCTION refuse_state_move({APPOINTMENT_MOVES})",
    "CREATE CONSTRAINT TRIGGER slot_units_agree AFTER INSERT OR UPDATE OF state ON slot_units "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slot_units_agree()",
    "CREATE CONSTRAINT TRIGGER appointments_agree AFTER INSERT OR UPDATE OF state ON appointments "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slot_units_agree()",
    "CREATE CONSTRAINT TRIGGER slot_units_count AFTER INSERT OR DELETE OR UPDATE OF pool_id "
    "ON slot_units DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION unit_pools_count()",
    "CREATE CONSTRAINT TRIGGER unit_pools_count AFTER INSERT OR UPDATE OF size ON unit_pools "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION unit_pools_count()",
    "CREATE TRIGGER clinic_sessions_keep BEFORE UPDATE ON clinic_sessions "
    "FOR EACH ROW EXECUTE FUNCTION clinic_sessions_keep()",
    "CREATE TRIGGER appointment_events_keep BEFORE UPDATE OR DELETE ON appointment_events "
    "FOR EACH ROW EXECUTE FUNCTION appointment_events_keep()",
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    # For the exclusion constraint; a trusted extension, so the database's owner may.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _tables()
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_table("appointment_events")
    op.drop_index(
        "uq_appointments_person_practitioner_day",
        table_name="appointments",
        postgresql_where=sa.text("state IN ('OFFERED', 'PENDING_PAYMENT', 'BOOKED', 'ARRIVED')"),
    )
    op.drop_index(
        "uq_appointments_person_department_day",
        table_name="appointments",
        postgresql_where=sa.text("state IN ('OFFERED', 'PENDING_PAYMENT', 'BOOKED', 'ARRIVED')"),
    )
    op.drop_index(
        "uq_appointments_one_of_unit",
        table_name="appointments",
        postgresql_where=sa.text(
            "state IN ('OFFERED', 'PENDING_PAYMENT', 'BOOKED', 'NOSHOW', 'EXCUSED', 'ARRIVED', 'FULFILLED')"
        ),
    )
    op.drop_index("ix_appointments_session_id", table_name="appointments")
    op.drop_index("ix_appointments_person_id_id", table_name="appointments")
    op.drop_index(
        "ix_appointments_deadline",
        table_name="appointments",
        postgresql_where=sa.text("state IN ('OFFERED', 'PENDING_PAYMENT')"),
    )
    op.drop_table("appointments")
    op.drop_index(
        "ix_slot_units_pool_id_number_free",
        table_name="slot_units",
        postgresql_where=sa.text("state IN ('FREE')"),
    )
    op.drop_table("slot_units")
    op.drop_index(
        "ix_unit_pools_gives_back_at",
        table_name="unit_pools",
        postgresql_where=sa.text("gives_back_at IS NOT NULL"),
    )
    op.drop_table("unit_pools")
    op.drop_index("ix_clinic_sessions_practitioner_id_day", table_name="clinic_sessions")
    op.drop_index(
        "ix_clinic_sessions_ends_at_published",
        table_name="clinic_sessions",
        postgresql_where=sa.text("state IN ('PUBLISHED')"),
    )
    op.drop_index("ix_clinic_sessions_department_id_day", table_name="clinic_sessions")
    op.drop_table("clinic_sessions")
    op.drop_index(op.f("ix_departments_campus_id"), table_name="departments")
    op.drop_table("departments")
    op.drop_table("practitioners")
    op.drop_table("campuses")
    op.drop_table("hospitals")
    for name in (
        "slot_units_agree",
        "unit_pools_count",
        "clinic_sessions_keep",
        "appointment_events_keep",
    ):
        op.execute(f"DROP FUNCTION {name}()")


def _tables() -> None:
    op.create_table(
        "hospitals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("merchant_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ACTIVE",
                "SUSPENDED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_hospitals_named")),
        sa.CheckConstraint("region ~ '^[0-9]{6}$'", name=op.f("ck_hospitals_region")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_hospitals_merchant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospitals")),
        sa.UniqueConstraint("merchant_id", name=op.f("uq_hospitals_merchant_id")),
    )
    op.create_table(
        "campuses",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_campuses_latitude")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_campuses_longitude")),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_campuses_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campuses")),
        sa.UniqueConstraint(
            "hospital_id", "external_id", name=op.f("uq_campuses_hospital_id_external_id")
        ),
    )
    op.create_table(
        "practitioners",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ACTIVE",
                "SUSPENDED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_practitioners_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practitioners")),
        sa.UniqueConstraint(
            "hospital_id", "external_id", name=op.f("uq_practitioners_hospital_id_external_id")
        ),
    )
    op.create_table(
        "departments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("campus_id", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ACTIVE",
                "SUSPENDED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campus_id"], ["campuses.id"], name=op.f("fk_departments_campus_id")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_departments_hospital_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        sa.UniqueConstraint(
            "hospital_id", "external_id", name=op.f("uq_departments_hospital_id_external_id")
        ),
    )
    op.create_index(op.f("ix_departments_campus_id"), "departments", ["campus_id"], unique=False)
    op.create_table(
        "clinic_sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("department_id", sa.String(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half_day", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fee_class", sa.String(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("item_code", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "DRAFT",
                "PUBLISHED",
                "STOPPED",
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
            "day = (starts_at AT TIME ZONE 'Asia/Shanghai')::date",
            name=op.f("ck_clinic_sessions_day_in_china"),
        ),
        sa.CheckConstraint(
            "fee_class IN ('ordinary', 'expert', 'special')",
            name=op.f("ck_clinic_sessions_fee_class"),
        ),
        sa.CheckConstraint(
            "half_day IN ('morning', 'afternoon', 'evening')",
            name=op.f("ck_clinic_sessions_half_day"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_clinic_sessions_lasts")),
        sa.CheckConstraint("fee BETWEEN 0 AND 1000000", name=op.f("ck_clinic_sessions_fee")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_clinic_sessions_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_clinic_sessions_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioners.id"],
            name=op.f("fk_clinic_sessions_practitioner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic_sessions")),
        sa.UniqueConstraint(
            "hospital_id", "external_id", name=op.f("uq_clinic_sessions_hospital_id_external_id")
        ),
    )
    op.create_index(
        "ix_clinic_sessions_department_id_day",
        "clinic_sessions",
        ["department_id", "day"],
        unique=False,
    )
    op.create_index(
        "ix_clinic_sessions_ends_at_published",
        "clinic_sessions",
        ["ends_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('PUBLISHED')"),
    )
    op.create_index(
        "ix_clinic_sessions_practitioner_id_day",
        "clinic_sessions",
        ["practitioner_id", "day"],
        unique=False,
    )
    op.create_table(
        "unit_pools",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("gives_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "channel IN ('app', 'window', 'referral', 'return', 'elder', 'urgent')",
            name=op.f("ck_unit_pools_channel"),
        ),
        sa.CheckConstraint("size BETWEEN 0 AND 500", name=op.f("ck_unit_pools_size")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["clinic_sessions.id"], name=op.f("fk_unit_pools_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_pools")),
        sa.UniqueConstraint("id", "session_id", name=op.f("uq_unit_pools_id_session_id")),
        sa.UniqueConstraint("session_id", "channel", name=op.f("uq_unit_pools_session_id_channel")),
    )
    op.create_index(
        "ix_unit_pools_gives_back_at",
        "unit_pools",
        ["gives_back_at"],
        unique=False,
        postgresql_where=sa.text("gives_back_at IS NOT NULL"),
    )
    op.create_table(
        "slot_units",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "DRAFT",
                "FREE",
                "HELD",
                "OFFERED",
                "BOOKED",
                "CHECKED_IN",
                "SERVED",
                "BLOCKED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_slot_units_lasts")),
        sa.CheckConstraint("number BETWEEN 1 AND 500", name=op.f("ck_slot_units_number")),
        sa.ForeignKeyConstraint(
            ["pool_id", "session_id"],
            ["unit_pools.id", "unit_pools.session_id"],
            name=op.f("fk_slot_units_pool_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_units")),
        sa.UniqueConstraint("id", "session_id", name=op.f("uq_slot_units_id_session_id")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_slot_units_session_id_number")),
    )
    op.create_index(
        "ix_slot_units_pool_id_number_free",
        "slot_units",
        ["pool_id", "number"],
        unique=False,
        postgresql_where=sa.text("state IN ('FREE')"),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("mandate_id", sa.String(), nullable=True),
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("department_id", sa.String(), nullable=False),
        sa.Column("practitioner_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "OFFERED",
                "PENDING_PAYMENT",
                "BOOKED",
                "ARRIVED",
                "FULFILLED",
                "CANCELLED_PATIENT",
                "CANCELLED_HOSPITAL",
                "DECLINED",
                "EXPIRED",
                "RESCHEDULED",
                "NOSHOW",
                "EXCUSED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("person_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("state IN ('OFFERED', 'PENDING_PAYMENT', 'BOOKED', 'ARRIVED')"),
            using="gist",
            name="ex_appointments_person_time",
        ),
        sa.CheckConstraint(
            "(state IN ('OFFERED', 'PENDING_PAYMENT')) <= (deadline IS NOT NULL)",
            name=op.f("ck_appointments_waits_until"),
        ),
        sa.CheckConstraint(
            "consent IN ('none', 'same_doctor', 'same_department')",
            name=op.f("ck_appointments_consent"),
        ),
        sa.CheckConstraint(
            "source IN ('public', 'ticket', 'waitlist', 'hospital')",
            name=op.f("ck_appointments_source"),
        ),
        sa.CheckConstraint(
            "(mandate_id IS NULL) = (agent_id IS NULL)",
            name=op.f("ck_appointments_agent_of_mandate"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_appointments_lasts")),
        sa.CheckConstraint("fee BETWEEN 0 AND 1000000", name=op.f("ck_appointments_fee")),
        sa.CheckConstraint("replaces <> id", name=op.f("ck_appointments_replaces_another")),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_appointments_sequence")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["persons.id"], name=op.f("fk_appointments_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_appointments_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_appointments_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["family_agreements.id"], name=op.f("fk_appointments_mandate_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_appointments_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioners.id"], name=op.f("fk_appointments_practitioner_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["appointments.id"], name=op.f("fk_appointments_replaces")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id", "session_id"],
            ["slot_units.id", "slot_units.session_id"],
            name=op.f("fk_appointments_unit_id_session_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("replaces", name=op.f("uq_appointments_replaces")),
    )
    op.create_index(
        "ix_appointments_deadline",
        "appointments",
        ["deadline"],
        unique=False,
        postgresql_where=sa.text("state IN ('OFFERED', 'PENDING_PAYMENT')"),
    )
    op.create_index(
        "ix_appointments_person_id_id", "appointments", ["person_id", "id"], unique=False
    )
    op.create_index("ix_appointments_session_id", "appointments", ["session_id"], unique=False)
    op.create_index(
        "uq_appointments_one_of_unit",
        "appointments",
        ["unit_id"],
        unique=True,
        postgresql_where=sa.text(
            "state IN ('OFFERED', 'PENDING_PAYMENT', 'BOOKED', 'NOSHOW', 'EXCUSED', 'ARRIVED', 'FULFILLED')"
        ),
    )
    op.create_index(
        "uq_appointments_person_department_day",
        "appointments",
        ["person_id", "department_id", "day"],
        unique=True,
        postgresql_where=sa.text("state IN ('OFFERED', 'PENDING_PAYMENT', 'BOOKED', 'ARRIVED')"),
    )
    op.create_index(
        "uq_appointments_person_practitioner_day",
        "appointments",
        ["person_id", "practitioner_id", "day"],
        unique=True,
        postgresql_where=sa.text("state IN ('OFFERED', 'PENDING_PAYMENT', 'BOOKED', 'ARRIVED')"),
    )
    op.create_table(
        "appointment_events",
        sa.Column("appointment_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_appointment_events_sequence")),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_appointment_events_appointment_id"),
        ),
        sa.PrimaryKeyConstraint("appointment_id", "sequence", name=op.f("pk_appointment_events")),
    )
