"""Forgetting tickets: of a line a season after its end, of a lottery after a year."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Tx, changed, row
from app.hospital.rush.policy import RushPolicy

_BATCH: Final = 1_000
_MOST_BATCHES: Final = 10
# Those whose turn it is, without a look at what was forgotten long ago: an index has the rest.
_DUE: Final = """
SELECT id FROM releases
WHERE forgotten_at IS NULL
  AND closes_at <= CASE mode WHEN 'LOTTERY' THEN %(lottery)s ELSE %(fifo)s END
  AND closes_at <= %(either)s
ORDER BY closes_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_COUNT: Final = """
UPDATE releases SET used_in_all = (
  SELECT count(*) FROM queue_tickets WHERE release_id = %(id)s AND used_at IS NOT NULL)
WHERE id = %(id)s AND used_in_all IS NULL
"""
_FORGET: Final = """
DELETE FROM queue_tickets WHERE id IN (
  SELECT id FROM queue_tickets WHERE release_id = %(id)s LIMIT %(most)s)
"""
_DONE: Final = "UPDATE releases SET forgotten_at = %(now)s WHERE id = %(id)s"


class TicketForgetting:
    """Deletes tickets that nobody can need any more; the release and its draw stay."""

    def __init__(
        self, *, database: Database, clock: Clock, policy: RushPolicy, batch: int = _BATCH
    ) -> None:
        """Take the ports, for how long tickets are kept, and how many one transaction deletes."""
        self._database = database
        self._clock = clock
        self._policy = policy
        self._batch = batch

    def sweep(self) -> int:
        """Delete what is due, 10,000 tickets at most; returns how many.

        1. One release a transaction, the oldest; a sweep elsewhere takes another one.
        2. How many were used is counted before the first goes, and from then on nobody is told
           a part of the tickets.
        3. Once the last is gone the release says so, and is not looked at again.
        """
        now, forgotten = self._clock.now(), 0
        for _ in range(_MOST_BATCHES):
            with self._database.direct() as tx:
                found = self._part(tx, now)
            if found is None:
                break
            forgotten += found
        return forgotten

    def _part(self, tx: Tx, now: datetime) -> int | None:
        """Delete some of one release; None where nothing is due."""
        kept = self._policy
        lottery, fifo = now - kept.keeps_lottery, now - kept.keeps_line
        due = row(tx, _DUE, {"lottery": lottery, "fifo": fifo, "either": max(lottery, fifo)})  # 1
        if due is None:
            return None
        release = {"id": due[0], "most": self._batch, "now": now}
        changed(tx, _COUNT, release)  # 2
        gone = changed(tx, _FORGET, release)
        if gone < self._batch:
            changed(tx, _DONE, release)  # 3
        return gone
