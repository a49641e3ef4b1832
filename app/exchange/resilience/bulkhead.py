"""A bulkhead: a slow source may hold so many of our threads, and no more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Crowded(Exception):  # noqa: N818 - reads as what happened
    """Every place is taken, and none came free in time."""


class Bulkhead:
    """Places of one source; thread-safe."""

    def __init__(self, *, places: int, wait_s: float) -> None:
        """Set the limits.

        Args:
            places: requests under way at the same time.
            wait_s: how long one more may wait for a place.
        """
        self._free = threading.BoundedSemaphore(places)
        self._wait_s = wait_s

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place.

        Raises:
            Crowded: none came free in time.
        """
        if not self._free.acquire(timeout=self._wait_s):
            raise Crowded
        try:
            yield
        finally:
            self._free.release()
