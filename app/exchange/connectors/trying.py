"""Trying again: once, after a moment, and only where the connection failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.exchange.errors import ExchangeFailed, Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """Waits before the second try; tests pass one that does not."""

    sleep: Callable[[float], None]
    randbelow: Callable[[int], int]
    longest_ms: int = 80

    def wait(self) -> None:
        """Wait for a random time, so that many callers do not come back together."""
        self.sleep(self.randbelow(self.longest_ms + 1) / 1000)


def twice(attempt: Callable[[], bytes], *, pauses: Pauses) -> bytes:
    """Make an attempt; one more if the connection failed, for a read may be repeated.

    Raises:
        ExchangeFailed: as the attempt.
    """
    try:
        return attempt()
    except ExchangeFailed as failed:
        if failed.failure is not Failure.UNREACHABLE:
            raise
    pauses.wait()
    return attempt()
