"""Closing lotteries when their last moment for entries has passed: nobody has to remember it."""

from __future__ import annotations

import threading
from typing import Final

import structlog

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.hospital.rush.service.drawing import Drawing

_BATCH: Final = 50
_DUE: Final = """
SELECT id FROM releases
WHERE mode = 'LOTTERY' AND closed_at IS NULL AND withdrawn_at IS NULL AND tickets_until <= %(now)s
ORDER BY tickets_until, id LIMIT %(most)s
"""
log = structlog.get_logger("hospital")


class LotteryClosing:
    """Closes what is due; safe to run anywhere, any time.

    Drawing is not among what time does: it needs a number that is drawn elsewhere, and whatever
    the system could take instead would be known to somebody before the entries are counted.
    """

    def __init__(self, *, database: Database, clock: Clock, drawing: Drawing) -> None:
        """Take the ports, and what closes one."""
        self._database = database
        self._clock = clock
        self._drawing = drawing

    def sweep(self) -> int:
        """Close lotteries whose entries have ended, each by itself; returns how many."""
        due = self._database.look(_DUE, {"now": self._clock.now(), "most": _BATCH})
        return sum(self._close(str(release_id)) for (release_id,) in due)

    def _close(self, release_id: str) -> bool:
        try:
            return self._drawing.close(release_id)
        except DomainError as refused:  # withdrawn meanwhile, or the database is away
            log.warning("lottery_stays_open", release=release_id, code=refused.kind.code)
            return False


def close_until(stop: threading.Event, closing: LotteryClosing, pause_s: float) -> None:
    """Close lotteries again and again until `stop` is set: digests are out within seconds."""
    while not stop.is_set():
        try:
            closing.sweep()
        except DomainError as refused:  # the database is away; it is there again some time
            log.warning("lotteries_wait", code=refused.kind.code)
        stop.wait(pause_s)
