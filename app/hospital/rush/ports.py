"""What the rush needs of others."""

from __future__ import annotations

from typing import Protocol


class Uses(Protocol):
    """Counts uses against a rate (`app.core.limits.RateLimits`)."""

    def hit(self, name: str, *keys: str) -> None:
        """Count one use under each key.

        Raises:
            DomainError: TOO_MANY_REQUESTS.
        """
        ...
