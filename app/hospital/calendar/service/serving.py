"""A calendar for whoever has its link."""

from __future__ import annotations

import hmac
import re
from datetime import timedelta
from typing import Final

from app.core.clock import Clock
from app.core.database import Database
from app.core.limits import RateLimits
from app.core.statements import changed, row
from app.hospital.calendar.errors import CALENDAR_UNKNOWN
from app.hospital.calendar.ports import Agents
from app.hospital.calendar.service.entries import entries_of
from app.hospital.calendar.service.feeds import hash_of
from app.hospital.calendar.service.writing import calendar_file

RATE: Final = "calendar_feed"
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_TOUCHED: Final = timedelta(hours=1)
_FIND: Final = """
SELECT id, person_id, shows, secret_hash FROM calendar_feeds
WHERE secret_hash = %(hash)s AND ended_at IS NULL
"""
_TOUCH: Final = """
UPDATE calendar_feeds SET last_read_at = %(now)s
WHERE id = %(id)s AND (last_read_at IS NULL OR last_read_at <= %(before)s)
"""


class CalendarServing:
    """Serves calendars.

    1. What is no secret of ours by its form reaches no table.
    2. One link is read so often an hour, and not more.
    3. Links are found by a hash, which says nothing of the secret, and the hashes are compared in
       constant time besides.
    4. Nothing tells an ended link from one that never was.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        limits: RateLimits,
        agents: Agents,
        public_url: str,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._limits = limits
        self._agents = agents
        self._public_url = public_url

    def file(self, secret: str) -> bytes:
        """The calendar of a link.

        Raises:
            DomainError: CALENDAR_UNKNOWN; TOO_MANY_REQUESTS.
        """
        if _SECRET.fullmatch(secret) is None:  # 1
            raise CALENDAR_UNKNOWN()
        hashed, now = hash_of(secret), self._clock.now()
        self._limits.hit(RATE, hashed.hex()[:32])  # 2
        with self._database.direct() as tx:
            found = row(tx, _FIND, {"hash": hashed})
            if found is None or not hmac.compare_digest(bytes(found[3]), hashed):  # 3
                raise CALENDAR_UNKNOWN()  # 4
            feed_id, person_id, shows, _ = found
            mandates = self._agents.held_by(tx, person_id)
            entries = entries_of(tx, person_id, mandates=mandates, now=now)
            changed(tx, _TOUCH, {"id": feed_id, "now": now, "before": now - _TOUCHED})
        return calendar_file(entries, shows=shows, public_url=self._public_url)
