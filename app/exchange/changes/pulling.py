"""Pulls departments' feeds: each change becomes a message, and none is lost or taken twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, timedelta
from typing import Final

import structlog
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.exchange.changes.ports import Change, ChangeFeed, ChangePage, Subjects
from app.exchange.errors import ExchangeFailed
from app.exchange.models import ChangeCursor
from app.outbox.service.posting import Outbox

RECORD_CHANGED: Final = "record.changed"
"""Topic of the outbox: `source, person, record_version, changed_at`."""
SECOND_LOOK: Final = timedelta(minutes=2)
"""Longer than any issue takes: a certificate that was being made of the old record while the
change was handled is found then."""
_MOST_PAGES: Final = 50
log = structlog.get_logger("changes")


class ChangePulling:
    """Reads on from where the last pull ended."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        outbox: Outbox,
        sources: Mapping[str, str],
        subjects: Subjects,
        forget: Callable[[str, str], object],
    ) -> None:
        """Take the ports.

        Args:
            database: keeps how far each feed was read.
            clock: tells the time.
            outbox: takes the changes.
            sources: our source by the contract's name.
            subjects: knows who is known.
            forget: drops what is kept of a source's earlier answers about a person.
        """
        self._database = database
        self._clock = clock
        self._outbox = outbox
        self._sources = dict(sources)
        self._subjects = subjects
        self._forget = forget

    def pull(self, department: str, feed: ChangeFeed) -> int:
        """Read a feed to its end, or a bounded number of pages of it.

        1. A page is read without a transaction.
        2. Its changes are posted in the transaction that moves the cursor, by one conditional
           update: of two who read the same page one posts it, and a crash posts nothing. What
           was kept of the record for bad times is forgotten with it.
        3. A feed that fails is read on from the same place the next time.

        Returns:
            How many changes were read.
        """
        read = 0
        for _ in range(_MOST_PAGES):
            after = self._cursor(department)
            try:
                page = feed.page(after=after)  # 1
            except ExchangeFailed as failed:  # 3
                log.warning("feed_failed", source=department, kind=failed.failure.value)
                break
            read += self._take(department, after, page)  # 2
            if not page.more:
                break
        return read

    def _cursor(self, department: str) -> int:
        begun = insert(ChangeCursor).values(department=department, last=0, read_at=None)
        with self._database.transaction() as tx:
            tx.execute(begun.on_conflict_do_nothing())
            query = select(ChangeCursor.last).where(ChangeCursor.department == department)
            return tx.scalars(query).one()

    def _take(self, department: str, after: int, page: ChangePage) -> int:
        moved = (
            update(ChangeCursor)
            .where(ChangeCursor.department == department, ChangeCursor.last == after)
            .values(last=page.last, read_at=self._clock.now())
            .returning(ChangeCursor.last)
        )
        with self._database.transaction() as tx:
            if tx.scalar(moved) is None:
                return 0
            for change in page.changes:
                self._post(change)
        return len(page.changes)

    def _post(self, change: Change) -> None:
        source = self._sources.get(change.contract.partition("/")[0])
        if source is None:
            return  # not one of our contracts
        self._forget(source, change.subject)
        person = self._subjects.person_of(change.subject)
        if person is None:
            return  # nobody we have made anything for
        payload = {
            "source": source,
            "person": person,
            "record_version": change.record_version,
            "changed_at": change.changed_at.astimezone(UTC).isoformat(),
        }
        key = f"{source}:{person}"
        self._outbox.post(RECORD_CHANGED, key=key, payload=payload)
        self._outbox.post(
            RECORD_CHANGED, key=f"{key}:{change.number}", payload=payload, after=SECOND_LOOK
        )


def pull_until(
    stop: threading.Event,
    pulling: ChangePulling,
    feeds: Mapping[str, ChangeFeed],
    *,
    pause_s: float,
) -> None:
    """Read the feeds again and again until `stop` is set, also through an outage of ours."""
    while not stop.is_set():
        try:
            for department, feed in feeds.items():
                pulling.pull(department, feed)
        except DomainError as refused:
            log.warning("pull_waits", code=refused.kind.code)
        stop.wait(pause_s)
