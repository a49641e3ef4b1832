"""Keeps dispatchers at work until they are told to stop."""

from __future__ import annotations

import threading
from typing import Final, Protocol

import structlog

from app.core.errors import DomainError

BATCH: Final = 50
_IDLE_S: Final = 0.5
# What comes meanwhile is handled together: many messages cost little more than one.
_GATHER_S: Final = 0.2
_OUTAGE_S: Final = 2.0
log = structlog.get_logger("outbox")


class Batches(Protocol):
    """Tries what is due; `app.outbox.service.dispatching.Dispatcher`."""

    def run(self, *, most: int) -> int:
        """Try at most so many; returns how many there were.

        Raises:
            DomainError: UNAVAILABLE.
        """
        ...


def run_until(stop: threading.Event, dispatcher: Batches, *, threads: int) -> None:
    """Dispatch in several threads until `stop` is set; what is under way is finished.

    Several, because a receiver that answers slowly holds one up.
    """
    workers = [
        threading.Thread(target=_work, args=(stop, dispatcher), name=f"outbox-{n}")
        for n in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def _work(stop: threading.Event, dispatcher: Batches) -> None:
    while not stop.is_set():
        try:
            tried = dispatcher.run(most=BATCH)
            pause = 0.0 if tried >= BATCH else _GATHER_S if tried else _IDLE_S
        except DomainError as refused:  # the database is away; it is there again some time
            log.warning("outbox_waits", code=refused.kind.code)
            pause = _OUTAGE_S
        stop.wait(pause)
