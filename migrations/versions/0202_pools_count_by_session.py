"""Count the places of a pool by its session, for which there is an index.

By the pool alone every place that was added read the whole table. What the function refuses is the
same.
"""

from alembic import op

revision = "0202"
down_revision = "0201"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
FUNCTION = """
CREATE OR REPLACE FUNCTION unit_pools_count() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  pools varchar[];
  pool varchar;
  of_session varchar;
  counted integer;
  said integer;
BEGIN
  IF TG_TABLE_NAME = 'unit_pools' THEN pools := ARRAY[NEW.id];
  ELSIF TG_OP = 'INSERT' THEN pools := ARRAY[NEW.pool_id];
  ELSIF TG_OP = 'DELETE' THEN pools := ARRAY[OLD.pool_id];
  ELSE pools := ARRAY[OLD.pool_id, NEW.pool_id]; END IF;
  FOREACH pool IN ARRAY pools LOOP
    SELECT size, session_id INTO said, of_session FROM unit_pools WHERE id = pool;
    SELECT count(*) INTO counted FROM slot_units WHERE {where};
    IF said <> counted THEN
      RAISE EXCEPTION 'pool % says % and has % places', pool, said, counted
        USING ERRCODE = 'check_violation';
    END IF;
  END LOOP;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.execute(FUNCTION.format(where="session_id = of_session AND pool_id = pool"))


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.execute(FUNCTION.format(where="pool_id = pool"))
