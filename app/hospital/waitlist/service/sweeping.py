"""Housekeeping of the waitlist, and places that became free many at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import row, rows
from app.hospital.waitlist.service.lapsing import OfferLapsing
from app.hospital.waitlist.service.matching import IN_BULK, MEETS
from app.hospital.waitlist.service.moves import move_entry
from app.hospital.waitlist.service.succession import WaitlistSuccession
from app.hospital.waitlist.states import EntryState

_CHINA: Final = ZoneInfo("Asia/Shanghai")
_BATCH: Final = 500
_MOST_PLACES: Final = 500
_DUE: Final = """
SELECT DISTINCT p.entry_id FROM waitlist_places p
JOIN appointments a ON a.id = p.appointment_id
WHERE a.state = 'OFFERED' AND a.deadline <= %(now)s LIMIT %(most)s
"""
_TAKEN_AWAY: Final = """
SELECT e.id FROM waitlist_entries e WHERE e.state = 'OFFERED' AND NOT EXISTS (
  SELECT FROM waitlist_places p JOIN appointments a ON a.id = p.appointment_id
  WHERE p.entry_id = e.id AND a.state = 'OFFERED')
LIMIT %(most)s FOR UPDATE OF e SKIP LOCKED
"""
_OVER: Final = """
SELECT e.id FROM waitlist_entries e LEFT JOIN clinic_sessions s ON s.id = e.session_id
WHERE e.state = 'WAITING' AND (e.to_day < %(today)s OR s.state IN ('STOPPED', 'CLOSED'))
LIMIT %(most)s FOR UPDATE OF e SKIP LOCKED
"""
_SESSIONS: Final = f"""
SELECT DISTINCT s.id FROM waitlist_entries e
JOIN clinic_sessions s ON s.department_id = e.department_id
WHERE {MEETS} AND {IN_BULK} AND s.state = 'PUBLISHED' AND s.ends_at > %(now)s AND EXISTS (
  SELECT FROM unit_pools p JOIN slot_units u ON u.pool_id = p.id
  WHERE p.session_id = s.id AND p.channel = 'app' AND u.state = 'FREE' AND u.starts_at > %(now)s)
LIMIT %(most)s
"""  # noqa: S608 - our own conditions
_FREE: Final = """
SELECT u.id FROM slot_units u JOIN unit_pools p ON p.id = u.pool_id
WHERE p.session_id = %(session)s AND p.channel = 'app' AND u.state = 'FREE'
  AND u.starts_at > %(now)s
ORDER BY u.number LIMIT 1 FOR UPDATE OF u SKIP LOCKED
"""


class WaitlistSweep:
    """Works through what time and others have left behind; safe to run anywhere, any time."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        lapsing: OfferLapsing,
        succession: WaitlistSuccession,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._lapsing = lapsing
        self._succession = succession

    def sweep(self) -> int:
        """Do all of it, a bounded part at a time; returns how many entries and places moved.

        1. Offers whose deadline has passed end, should their messages not have been handled.
        2. Entries whose offer the hospital took away wait again, in their old place.
        3. Entries whose days or session are over are closed.
        4. Free places of sessions that somebody waits for are given: of sessions that were added,
           of channels that gave places back, and what a lottery left over.
        """
        now = self._clock.now()
        return self._due(now) + self._taken_away(now) + self._over(now) + self._in_bulk(now)

    def _due(self, now: datetime) -> int:  # 1
        due = self._database.look(_DUE, {"now": now, "most": _BATCH})
        ended = 0
        for (entry_id,) in due:
            with self._database.direct() as tx:
                ended += self._lapsing.end(tx, entry_id, now)
        return ended

    def _taken_away(self, now: datetime) -> int:  # 2
        with self._database.direct() as tx:
            found = rows(tx, _TAKEN_AWAY, {"most": _BATCH})
            moved = [move_entry(tx, entry_id, EntryState.WAITING, now) for (entry_id,) in found]
        return sum(moved)

    def _over(self, now: datetime) -> int:  # 3
        today = now.astimezone(_CHINA).date()
        with self._database.direct() as tx:
            found = rows(tx, _OVER, {"today": today, "most": _BATCH})
            moved = [move_entry(tx, entry_id, EntryState.CLOSED, now) for (entry_id,) in found]
        return sum(moved)

    def _in_bulk(self, now: datetime) -> int:  # 4
        sessions = self._database.look(_SESSIONS, {"now": now, "most": _BATCH})
        return sum(self._walked(session_id, now) for (session_id,) in sessions)

    def _walked(self, session_id: str, now: datetime) -> int:
        given = 0
        while given < _MOST_PLACES and self._one(session_id, now):
            given += 1
        return given

    def _one(self, session_id: str, now: datetime) -> bool:
        with self._database.direct() as tx:
            free = row(tx, _FREE, {"session": session_id, "now": now})
            return free is not None and self._succession.passed_on(tx, free[0], now, freed=False)
