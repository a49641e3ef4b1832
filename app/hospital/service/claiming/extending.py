"""Moving a hold's deadline, once, when its payment begins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from psycopg.types.json import Jsonb

from app.core.statements import Tx, row
from app.hospital.service.claiming.journal import announce

EXTENDED: Final = "extended"
_EXTEND: Final = """
WITH extended AS (
  UPDATE appointments SET deadline = deadline + %(by)s, extended = true, sequence = sequence + 1
  WHERE id = %(id)s AND state = 'PENDING_PAYMENT' AND NOT extended AND deadline > %(now)s
  RETURNING id, sequence
), noted AS (
  INSERT INTO appointment_events (appointment_id, sequence, kind, at, actor, detail)
  SELECT id, sequence, %(kind)s, %(now)s, %(actor)s, %(detail)s FROM extended
)
SELECT sequence FROM extended
"""


def extend(tx: Tx, appointment_id: str, *, by: timedelta, actor: str, now: datetime) -> bool:
    """Give a hold more time to be paid; returns whether this was the one time."""
    values = {
        "id": appointment_id,
        "by": by,
        "now": now,
        "kind": EXTENDED,
        "actor": actor,
        "detail": Jsonb({}),
    }
    found = row(tx, _EXTEND, values)
    if found is None:
        return False
    announce(tx, appointment_id, sequence=found[0], kind=EXTENDED, at=now)
    return True
