"""Sessions that hospitals call off, and what becomes of each appointment.

New tables. The version that is being replaced calls nothing off. From now on a session that is
called off has no place that is free or taken, at each commit, and gets none afterwards.
"""

from alembic import op
import sqlalchemy as sa

revision = "0220"
down_revision = "0216"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
FUNCTIONS = (
    """
CREATE FUNCTION clinic_sessions_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM slot_units WHERE session_id = NEW.id
      AND state NOT IN ('BLOCKED', 'SERVED'))
    OR EXISTS (SELECT FROM appointments WHERE session_id = NEW.id
      AND state IN ('OFFERED', 'PENDING_PAYMENT', 'BOOKED', 'ARRIVED')) THEN
    RAISE EXCEPTION 'session % is called off and still has places', NEW.id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE FUNCTION slot_units_join() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM clinic_sessions WHERE id IN (SELECT session_id FROM added) ORDER BY id FOR SHARE;
  IF EXISTS (SELECT FROM added JOIN clinic_sessions s ON s.id = added.session_id
      WHERE s.state = 'STOPPED' AND added.state <> 'BLOCKED') THEN
    RAISE EXCEPTION 'a session that is called off gets no places'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
""",
)
TRIGGERS = (
    "CREATE CONSTRAINT TRIGGER clinic_sessions_emptied AFTER UPDATE OF state ON clinic_sessions "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'STOPPED') "
    "EXECUTE FUNCTION clinic_sessions_emptied()",
    "CREATE TRIGGER slot_units_join AFTER INSERT ON slot_units REFERENCING NEW TABLE AS added "
    "FOR EACH STATEMENT EXECUTE FUNCTION slot_units_join()",
)


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "clinic_stops",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('doctor_away', 'emergency', 'equipment', 'premises', 'holiday', 'other')",
            name=op.f("ck_clinic_stops_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_clinic_stops_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["clinic_sessions.id"], name=op.f("fk_clinic_stops_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic_stops")),
        sa.UniqueConstraint("session_id", name=op.f("uq_clinic_stops_session_id")),
    )
    op.create_table(
        "stop_outcomes",
        sa.Column("appointment_id", sa.String(), nullable=False),
        sa.Column("stop_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("replaced_by", sa.String(), nullable=True),
        sa.Column("refund", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('replanned', 'cancelled', 'released')",
            name=op.f("ck_stop_outcomes_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome = 'replanned') = (replaced_by IS NOT NULL)",
            name=op.f("ck_stop_outcomes_replaced"),
        ),
        sa.CheckConstraint(
            "refund >= 0 AND (refund = 0 OR outcome = 'cancelled')",
            name=op.f("ck_stop_outcomes_refund"),
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_stop_outcomes_appointment_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["appointments.id"], name=op.f("fk_stop_outcomes_replaced_by")
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["clinic_stops.id"], name=op.f("fk_stop_outcomes_stop_id")
        ),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_stop_outcomes")),
        sa.UniqueConstraint("replaced_by", name=op.f("uq_stop_outcomes_replaced_by")),
    )
    op.create_index("ix_stop_outcomes_stop_id", "stop_outcomes", ["stop_id"], unique=False)
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.execute("DROP TRIGGER slot_units_join ON slot_units")
    op.execute("DROP TRIGGER clinic_sessions_emptied ON clinic_sessions")
    for name in ("slot_units_join", "clinic_sessions_emptied"):
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_index("ix_stop_outcomes_stop_id", table_name="stop_outcomes")
    op.drop_table("stop_outcomes")
    op.drop_table("clinic_stops")
