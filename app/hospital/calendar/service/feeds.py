"""Links to calendars: made, made anew, ended."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.statements import Tx, changed
from app.hospital.calendar.errors import CALENDAR_UNKNOWN

PATH: Final = "/calendar"
_SECRET_BYTES: Final = 32
# The person's row is locked: of two who make a link at the same moment, the later has the one.
_LOCK: Final = "SELECT FROM persons WHERE id = %(person)s FOR NO KEY UPDATE"
_END: Final = """
UPDATE calendar_feeds SET ended_at = %(now)s WHERE person_id = %(person)s AND ended_at IS NULL
"""
_MAKE: Final = """
INSERT INTO calendar_feeds (id, person_id, secret_hash, shows, created_at)
VALUES (%(id)s, %(person)s, %(hash)s, %(shows)s, %(now)s)
"""
_READ: Final = """
SELECT shows, created_at, last_read_at FROM calendar_feeds
WHERE person_id = %(person)s AND ended_at IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A new link. It is told once: nobody can tell it again."""

    url: str = field(repr=False)
    shows: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A link in force."""

    shows: str
    created_at: datetime
    last_read_at: datetime | None


def hash_of(secret: str) -> bytes:
    """What of a link's secret is kept, 32 bytes."""
    return hashlib.sha256(secret.encode()).digest()


class CalendarFeeds:
    """Keeps at most one link a person."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        public_url: str,
        randomness: Callable[[int], bytes],
    ) -> None:
        """Take the ports.

        Args:
            database: where links are kept, by their hashes.
            clock: tells the time.
            public_url: where calendars find us.
            randomness: gives so many random bytes.
        """
        self._database = database
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._randomness = randomness

    def make(self, citizen: Citizen, *, shows: str) -> Link:
        """Make a link; the one before stops working in the same moment."""
        now, secret = self._clock.now(), _written(self._randomness(_SECRET_BYTES))
        values = {
            "id": new_id("cal", now),
            "person": citizen.person_id,
            "hash": hash_of(secret),
            "shows": shows,
            "now": now,
        }
        with self._database.direct() as tx:
            changed(tx, _LOCK, values)
            changed(tx, _END, values)
            changed(tx, _MAKE, values)
        return Link(url=f"{self._public_url}{PATH}/{secret}.ics", shows=shows, created_at=now)

    def read(self, citizen: Citizen) -> Feed:
        """The link in force.

        Raises:
            DomainError: CALENDAR_UNKNOWN: there is none.
        """
        found = self._database.look(_READ, {"person": citizen.person_id})
        if not found:
            raise CALENDAR_UNKNOWN()
        shows, created_at, last_read_at = found[0]
        return Feed(shows=shows, created_at=created_at, last_read_at=last_read_at)

    def end(self, citizen: Citizen) -> None:
        """End the link; where there is none, nothing happens."""
        with self._database.direct() as tx:
            _ended(tx, citizen.person_id, self._clock.now())


def _ended(tx: Tx, person_id: str, now: datetime) -> None:
    changed(tx, _END, {"person": person_id, "now": now})


def _written(secret: bytes) -> str:
    """43 characters (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
