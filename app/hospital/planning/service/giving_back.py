"""Giving back: what a channel has not sold by its hour goes to the public. Moved, never made."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.statements import Tx, changed, row, rows
from app.hospital.planning.ports import Succession
from app.hospital.planning.service.sessions.writing import count_pools

BATCH: Final = 500
_DUE: Final = """
SELECT p.id, p.session_id FROM unit_pools p JOIN clinic_sessions s ON s.id = p.session_id
WHERE p.gives_back_at <= %(now)s AND p.channel <> 'app'
  AND s.state = 'PUBLISHED' AND s.ends_at > %(now)s
  AND EXISTS (
    SELECT FROM slot_units u WHERE u.pool_id = p.id AND u.state = 'FREE' AND u.ends_at > %(now)s)
ORDER BY p.gives_back_at, p.id LIMIT %(most)s
"""
# A session its hospital is changing just now has its turn in the next sweep.
_LOCK: Final = (
    """
SELECT id FROM clinic_sessions WHERE id = %(session)s AND state = 'PUBLISHED'
FOR NO KEY UPDATE SKIP LOCKED
""",
    """
SELECT id FROM unit_pools WHERE session_id = %(session)s ORDER BY id FOR UPDATE
""",
)
_STILL: Final = "SELECT id FROM unit_pools WHERE id = %(pool)s AND gives_back_at <= %(now)s"
_APP: Final = """
INSERT INTO unit_pools (id, session_id, channel, size) VALUES (%(new)s, %(session)s, 'app', 0)
ON CONFLICT (session_id, channel) DO NOTHING
"""
# What somebody is about to take stays with its channel: it is passed over, as claims pass over.
_MOVE: Final = """
WITH free AS (
  SELECT id FROM slot_units
  WHERE pool_id = %(pool)s AND state = 'FREE' AND ends_at > %(now)s
  ORDER BY number FOR UPDATE SKIP LOCKED
), moved AS (
  UPDATE slot_units u SET pool_id = p.id FROM free, unit_pools p
  WHERE u.id = free.id AND p.session_id = %(session)s AND p.channel = 'app'
  RETURNING u.id, u.number
)
SELECT id FROM moved ORDER BY number
"""
# Found by index for as long as it is set: the pools of what is over would be looked at for ever.
_OVER: Final = """
UPDATE unit_pools SET gives_back_at = NULL WHERE id IN (
  SELECT p.id FROM unit_pools p JOIN clinic_sessions s ON s.id = p.session_id
  WHERE p.gives_back_at <= %(now)s
    AND (s.state IN ('STOPPED', 'CLOSED') OR s.ends_at <= %(now)s)
  ORDER BY p.id LIMIT %(most)s FOR UPDATE OF p SKIP LOCKED
)
"""


class GivingBack:
    """Housekeeping, every minute."""

    def __init__(self, *, database: Database, clock: Clock, succession: Succession) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._succession = succession

    def sweep(self, *, most: int = BATCH) -> int:
        """Give back what is due, a transaction a pool; returns how many places moved."""
        now = self._clock.now()
        with self._database.direct() as tx:
            changed(tx, _OVER, {"now": now, "most": most})
        due = self._database.look(_DUE, {"now": now, "most": most})
        return sum(self._give_back(pool_id, session_id, now) for pool_id, session_id in due)

    def _give_back(self, pool_id: str, session_id: str, now: datetime) -> int:
        names = {"pool": pool_id, "session": session_id, "now": now}
        with self._database.direct() as tx:
            if not _locked(tx, names):
                return 0
            changed(tx, _APP, {**names, "new": new_id("poo", now)})
            moved = [unit_id for (unit_id,) in rows(tx, _MOVE, names)]
            count_pools(tx, session_id)
            for unit_id in moved:
                self._succession.vacated(tx, unit_id, session_id, now)
        return len(moved)


def _locked(tx: Tx, names: dict[str, object]) -> bool:
    """Lock session and pools; False: there is nothing to be given back any more."""
    if row(tx, _LOCK[0], names) is None:
        return False
    rows(tx, _LOCK[1], names)
    return row(tx, _STILL, names) is not None
