"""A partner reads its feed: everything in order, nothing twice, nothing missed unseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select, tuple_

from app.core.clock import Clock
from app.core.database import Database
from app.notifications.errors import EVENTS_AHEAD, EVENTS_EXPIRED
from app.notifications.feed_models import PartnerEvent, PartnerFeed

_KEEP: Final = timedelta(days=90)
_BATCH: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsPage:
    """Some events, the earliest first."""

    items: Sequence[PartnerEvent]
    next: int
    """What to read on after."""
    more: bool
    """Whether there are more already."""


class EventFeed:
    """Reads feeds."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def page(self, merchant_id: str, *, after: int | None, limit: int) -> EventsPage:
        """The events of a partner after a number.

        1. A number that was not given yet is refused: the reader holds what we do not.
        2. Numbers have no gap. If the next one is not there it was kept long enough, and the
           reader is told that it missed it.

        Args:
            merchant_id: whose.
            after: the last number that was read; None: from the earliest that is kept.
            limit: events a page.

        Raises:
            DomainError: EVENTS_AHEAD, EVENTS_EXPIRED.
        """
        row, since = PartnerEvent, after or 0
        query = select(row).where(row.merchant_id == merchant_id, row.sequence > since)
        counter = select(PartnerFeed.last).where(PartnerFeed.merchant_id == merchant_id)
        with self._database.transaction() as tx:
            # Asked first: an event that comes between the two is found, not taken for a lost one.
            last = tx.scalar(counter) or 0
            found = tx.scalars(query.order_by(row.sequence).limit(limit + 1)).all()
        if since > last:  # 1
            raise EVENTS_AHEAD(pointer="/after")
        oldest = found[0].sequence if found else last + 1
        if after is not None and oldest != since + 1:  # 2
            raise EVENTS_EXPIRED(members={"oldest": oldest})
        items = found[:limit]
        reached = items[-1].sequence if items else max(since, last)
        return EventsPage(items=items, next=reached, more=len(found) > limit)


class FeedSweep:
    """Housekeeping of the feeds."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def sweep(self) -> int:
        """Forget events of more than ninety days ago; returns how many.

        A feed's times never go back: what goes, batch by batch, is always its beginning.
        """
        row, before, done = PartnerEvent, self._clock.now() - _KEEP, 0
        key = tuple_(row.merchant_id, row.sequence)
        oldest = (
            select(row.merchant_id, row.sequence)
            .where(row.at < before)
            .order_by(row.at, row.merchant_id, row.sequence)
            .limit(_BATCH)
        )
        over = delete(row).where(key.in_(oldest)).returning(row.sequence)
        while True:
            with self._database.separate() as tx:
                gone = len(tx.scalars(over).all())
            done += gone
            if gone < _BATCH:
                return done
