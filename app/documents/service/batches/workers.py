"""Threads of this process that work batches off."""

from __future__ import annotations

import threading
from typing import Final

import structlog

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import INTERNAL, UNAVAILABLE, DomainError
from app.documents.errors import BATCH_OVER
from app.documents.service.batches.items import BatchItems, Claim, ClaimLost
from app.documents.service.issuing import CertificateIssuing

MOST_ATTEMPTS: Final = 3
"""An item that ended so many processes is not tried again."""
log = structlog.get_logger("batches")


class BatchWorkers:
    """Takes items from the queue and ends each: issued, or refused with a reason.

    A certificate and the end of its item are one commit. A process that dies before leaves the
    item claimed; a minute later another one begins it anew. So nothing is issued twice, and what
    was issued is never begun again.
    """

    def __init__(
        self,
        *,
        items: BatchItems,
        issuing: CertificateIssuing,
        database: Database,
        clock: Clock,
    ) -> None:
        """Take the ports; no thread yet."""
        self._items = items
        self._issuing = issuing
        self._database = database
        self._clock = clock
        self._bell = threading.Condition()
        self._rung = 0
        self._closing = False
        self._threads: list[threading.Thread] = []

    def start(self, *, threads: int, look_s: float) -> None:
        """Begin with what an earlier process left.

        Args:
            threads: items worked on at once.
            look_s: how often one thread looks without having been woken: for what a process that
                died had claimed, and what another one has taken in and cannot work off.
        """
        for number in range(threads):
            wait = look_s if number == 0 else None
            thread = threading.Thread(
                target=self._run, args=(wait,), name=f"batches-{number}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        """There may be something to do."""
        with self._bell:
            self._rung += 1
            self._bell.notify_all()

    def close(self) -> None:
        """Let each thread end the item it is at, and no further one."""
        self._closing = True
        self.wake()
        for thread in self._threads:
            thread.join()

    def work_one(self) -> bool:
        """End one item; False when there is none that is free.

        Raises:
            DomainError: UNAVAILABLE, when our own database is away; the claim ends by itself.
        """
        claim = self._items.claim()
        if claim is None:
            return False
        try:
            self._end(claim)
        except ClaimLost:
            log.warning("batch_item_lost", source=claim.type)
        return True

    def _end(self, claim: Claim) -> None:
        try:
            self._require_good(claim)
            with self._database.transaction():
                issued = self._issuing.issue(claim.holder, claim.type)
                self._items.issued(claim, issued.view.id)
        except ClaimLost:
            raise
        except DomainError as refusal:
            if refusal.kind == UNAVAILABLE:
                raise
            self._items.refused(claim, refusal)
        except Exception as unforeseen:  # noqa: BLE001 - one item must not end the others
            log.error("batch_item_failed", error=type(unforeseen).__name__, source=claim.type)
            self._items.refused(claim, INTERNAL())

    def _require_good(self, claim: Claim) -> None:
        if claim.until <= self._clock.now():
            raise BATCH_OVER()
        if claim.attempts > MOST_ATTEMPTS:
            log.error("batch_item_given_up", source=claim.type)
            raise INTERNAL()

    def _run(self, wait: float | None) -> None:
        while not self._closing:
            heard = self._rung
            if not self._worked():
                self._listen(heard, wait)

    def _worked(self) -> bool:
        try:
            worked = self.work_one()
        except DomainError:
            return False  # the database is away; it is in the log
        except Exception as unforeseen:  # noqa: BLE001 - a thread that ends is never missed
            log.error("batch_worker_failed", error=type(unforeseen).__name__)
            return False
        if worked:
            self.wake()  # where there was one, there may be more
        return worked

    def _listen(self, heard: int, wait: float | None) -> None:
        with self._bell:
            self._bell.wait_for(lambda: self._closing or self._rung != heard, timeout=wait)
