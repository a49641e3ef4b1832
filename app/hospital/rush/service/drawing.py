"""Drawing a lottery: its entries are counted and published first, then it is drawn."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.statements import changed
from app.hospital.rush.errors import DRAW_DONE, DRAW_TOO_EARLY, DRAW_UNKNOWN
from app.hospital.rush.models import QueueTicket, Release
from app.hospital.rush.service.lottery import digest_of, ranked
from app.hospital.rush.service.releases import SEED_BYTES, place_of_seed
from app.hospital.rush.states import ReleaseMode
from app.outbox.service.posting import post_in

DRAWN: Final = "lottery.drawn"
"""Topic of the outbox: the release `payload.release` was drawn at `payload.at`; told to the tickets
after the rank `payload.after`."""
# Admissions by rank at the release's pace; the first when it opens, or now where that is later.
_RANK: Final = """
UPDATE queue_tickets t
SET rank = %(before)s + o.n, admits_at = %(start)s + (%(before)s + o.n - 1) * r.pace,
  admits_until = %(start)s + (%(before)s + o.n - 1) * r.pace + r.lasts
FROM unnest(%(ids)s::varchar[]) WITH ORDINALITY AS o(id, n), (
  SELECT interval '1 minute' / admits_per_minute AS pace,
    admission_seconds * interval '1 second' AS lasts
  FROM releases WHERE id = %(release)s) r
WHERE t.id = o.id AND t.release_id = %(release)s
"""

_BATCH: Final = 10_000
"""Tickets a statement: each has the time that any statement has."""


class SeedBroken(Exception):  # noqa: N818 - reads as what happened
    """A sealed seed is not the one that was committed to: the database was meddled with."""


class Drawing:
    """Closes lotteries and draws them."""

    def __init__(
        self, *, database: Database, clock: Clock, cipher: FieldCipher, batch: int = _BATCH
    ) -> None:
        """Take the ports, and how many tickets one statement ranks."""
        self._batch = batch
        self._database = database
        self._clock = clock
        self._cipher = cipher

    def close(self, release_id: str) -> bool:
        """Count the entries and publish their digest; once, before the public value is known.

        The system does it by itself when the moment comes; an operator may be first.

        1. A lottery whose last moment for entries has passed. Once more changes nothing.
        2. Its row is locked against entries under way: whoever is told that they have a ticket
           is counted, whoever is not cannot come in any more.

        Returns:
            Whether it was closed now; False where somebody else was first.

        Raises:
            DomainError: DRAW_UNKNOWN or DRAW_TOO_EARLY.
        """
        now = self._clock.now()
        with self._database.transaction() as tx:
            release = self._locked(tx, release_id)  # 2
            if release.closed_at is not None:
                return False
            if now < release.tickets_until:  # 1
                raise DRAW_TOO_EARLY()
            entries = _entries(tx, release_id)
            closed = {
                "closed_at": now,
                "entries": len(entries),
                "entries_digest": digest_of(entries),
            }
            once = update(Release).where(Release.id == release_id, Release.closed_at.is_(None))
            return tx.execute(once.values(**closed).returning(Release.id)).scalar() is not None

    def draw(self, release_id: str, public_value: str) -> None:
        """Give every ticket its rank and admission, and publish the seed.

        1. The lottery is closed. Drawing once more with the same value changes nothing.
        2. The seed is the one committed to, and the entries those whose digest was published.
        3. Every entry gets one rank, in one transaction, and everybody is told theirs.

        Raises:
            DomainError: DRAW_UNKNOWN, DRAW_TOO_EARLY or DRAW_DONE.
            SeedBroken: by 2.
        """
        now = self._clock.now()
        with self._database.transaction() as tx:
            release = self._locked(tx, release_id)
            if release.closed_at is None:  # 1
                raise DRAW_TOO_EARLY()
            if release.drawn_at is not None:
                if release.public_value != public_value:
                    raise DRAW_DONE()
                return
            seed, entries = self._seed(release), _entries(tx, release_id)
            if digest_of(entries) != release.entries_digest:  # 2
                raise SeedBroken
            order = ranked(entries, seed=seed, public_value=public_value)
            self._rank(tx, release, order, now)  # 3
            drawn = {"public_value": public_value, "revealed": seed, "drawn_at": now}
            tx.execute(update(Release).where(Release.id == release_id).values(**drawn))
            payload = {"release": release_id, "after": 0, "at": now.isoformat()}
            post_in(tx, DRAWN, key=release_id, payload=payload, now=now)

    def _locked(self, tx: Session, release_id: str) -> Release:
        query = select(Release).where(
            Release.id == release_id,
            Release.mode == ReleaseMode.LOTTERY,
            Release.withdrawn_at.is_(None),
            Release.used_in_all.is_(None),  # its tickets are being forgotten
        )
        found = tx.scalars(query.with_for_update()).one_or_none()
        if found is None:
            raise DRAW_UNKNOWN()
        return found

    def _seed(self, release: Release) -> bytes:
        if release.seed is None or release.commitment is None:
            raise SeedBroken
        seed = self._cipher.open(release.seed, place_of_seed(release.id))
        same = secrets.compare_digest(hashlib.sha256(seed).digest(), release.commitment)
        if len(seed) != SEED_BYTES or not same:
            raise SeedBroken
        return seed

    def _rank(self, tx: Session, release: Release, order: list[str], now: datetime) -> None:
        start = max(release.opens_at, now)
        for before in range(0, len(order), self._batch):
            ids = order[before : before + self._batch]
            values = {"ids": ids, "before": before, "release": release.id, "start": start}
            if changed(tx, _RANK, values) != len(ids):
                raise SeedBroken


def _entries(tx: Session, release_id: str) -> list[str]:
    return list(tx.scalars(select(QueueTicket.id).where(QueueTicket.release_id == release_id)))
