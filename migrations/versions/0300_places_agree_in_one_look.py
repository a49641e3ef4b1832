"""Compare a place and its appointment by one look at both, not by one at each.

Each claim is compared twice at its commit, once for the place and once for the appointment: that
was four queries and is two. What the function refuses is the same. Only the function changes; the
version that is being replaced goes on with it.
"""

from alembic import op

revision = "0300"
down_revision = "0291"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
CLAIMED = """CASE {state} WHEN 'PENDING_PAYMENT' THEN 'HELD' WHEN 'NOSHOW' THEN 'BOOKED'
    WHEN 'EXCUSED' THEN 'BOOKED' WHEN 'ARRIVED' THEN 'CHECKED_IN' WHEN 'FULFILLED' THEN 'SERVED'
    ELSE {state} END"""
CLAIMING = (
    "state IN ('OFFERED', 'PENDING_PAYMENT', 'BOOKED', 'NOSHOW', 'EXCUSED', 'ARRIVED', 'FULFILLED')"
)
FUNCTION = """
CREATE OR REPLACE FUNCTION slot_units_agree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  place varchar;
  state_now varchar;
  claimed varchar;
BEGIN
  IF TG_TABLE_NAME = 'slot_units' THEN place := NEW.id; ELSE place := NEW.unit_id; END IF;
  {looked}
  IF (claimed IS NULL AND state_now NOT IN ('DRAFT', 'FREE', 'BLOCKED'))
    OR (claimed IS NOT NULL AND claimed <> state_now) THEN
    RAISE EXCEPTION 'place % is % and its appointment %', place, state_now, claimed
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
"""
ONE_LOOK = f"""SELECT u.state, {CLAIMED.format(state="a.state")}
  INTO state_now, claimed
  FROM slot_units u LEFT JOIN appointments a ON a.unit_id = u.id AND a.{CLAIMING}
  WHERE u.id = place;"""
TWO_LOOKS = f"""SELECT state INTO state_now FROM slot_units WHERE id = place;
  SELECT {CLAIMED.format(state="state")}
  INTO claimed FROM appointments WHERE unit_id = place AND {CLAIMING};"""


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.execute(FUNCTION.format(looked=ONE_LOOK))


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.execute(FUNCTION.format(looked=TWO_LOOKS))
