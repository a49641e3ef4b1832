"""What planning needs of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.core.statements import Tx
from app.hospital.policy import BookingPolicy


class Merchants(Protocol):
    """The list of partners."""

    def add(self, *, name: str, region: str, by: str) -> str:
        """Add a merchant of the kind hospital; returns its id."""
        ...

    def is_hospital(self, merchant_id: str) -> bool:
        """Whether there is a merchant of the kind hospital by this id."""
        ...

    def record(self, action: str, *, by: str, merchant_id: str, detail: Sequence[str]) -> None:
        """Write down what was done, in the transaction under way."""
        ...


class Rules(Protocol):
    """Rules of booking."""

    def for_hospital(self, hospital_id: str) -> BookingPolicy:
        """Those that hold for a hospital."""
        ...


class Succession(Protocol):
    """Who comes before the public."""

    def vacated(self, tx: Tx, unit_id: str, session_id: str, now: datetime) -> None:
        """Let the waitlist have a place that has become free, in the transaction that freed it."""
        ...


class Uses(Protocol):
    """Counts uses against a rate (`app.core.limits.RateLimits`)."""

    def hit(self, name: str, *keys: str) -> None:
        """Count one use under each key.

        Raises:
            DomainError: TOO_MANY_REQUESTS.
        """
        ...
