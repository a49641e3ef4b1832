"""An appointment says of department, doctor and day what its session says at that moment.

A claim reads the session as it was when its statement began; another doctor may have been put into
it since. Whoever meets that tries again. The version that is being replaced changes no session.
"""

from alembic import op

revision = "0201"
down_revision = "0200"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
FUNCTION = """
CREATE FUNCTION appointments_as_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM clinic_sessions WHERE id = NEW.session_id
      AND (department_id, practitioner_id, day) = (NEW.department_id, NEW.practitioner_id, NEW.day)
  ) THEN
    RAISE EXCEPTION 'the session of appointment % has changed', NEW.id
      USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NULL;
END $$
"""
TRIGGER = (
    "CREATE TRIGGER appointments_as_session AFTER INSERT ON appointments "
    "FOR EACH ROW EXECUTE FUNCTION appointments_as_session()"
)


def upgrade() -> None:
    for statement in (*LIMITS, FUNCTION, TRIGGER):
        op.execute(statement)


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.execute("DROP TRIGGER appointments_as_session ON appointments")
    op.execute("DROP FUNCTION appointments_as_session()")
