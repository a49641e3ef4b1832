"""Rate limits on Redis: how often one address, device or person may do one thing."""

from __future__ import annotations

import math
from typing import Final

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import MovingWindowRateLimiter

from app.core.clock import Clock
from app.core.errors import TOO_MANY_REQUESTS
from app.core.valkey import RateStorage


class RateLimits:
    """Counts hits in moving windows. Keys are expected to be pseudonymous already."""

    def __init__(self, storage: Storage, *, clock: Clock, rates: dict[str, str]) -> None:
        """Take the storage and the named rates.

        Args:
            storage: of the `limits` library; Redis outside of tests.
            clock: to tell how long to wait.
            rates: name to text such as "3 per 10 minutes".
        """
        self._storage: Final = storage
        self._limiter: Final = MovingWindowRateLimiter(storage)
        self._clock: Final = clock
        self._rates: Final = {name: parse(text) for name, text in rates.items()}

    def hit(self, name: str, *keys: str) -> None:
        """Count one use under each key.

        Raises:
            DomainError: TOO_MANY_REQUESTS with Retry-After when a key has used up its rate.
        """
        rate = self._rates[name]
        for key in keys:
            if not self._limiter.hit(rate, name, key):
                raise TOO_MANY_REQUESTS(retry_after=self._wait(rate, name, key))

    def check(self, name: str, *keys: str) -> None:
        """Refuse if a key has used up its rate, without counting.

        Raises:
            DomainError: TOO_MANY_REQUESTS with Retry-After.
        """
        rate = self._rates[name]
        for key in keys:
            if not self._limiter.test(rate, name, key):
                raise TOO_MANY_REQUESTS(retry_after=self._wait(rate, name, key))

    def check_each(self, *uses: tuple[str, str]) -> None:
        """As `check`, for a key of each of several rates; one journey where the storage has it.

        Args:
            uses: name of the rate, and the key.

        Raises:
            DomainError: TOO_MANY_REQUESTS with Retry-After.
        """
        if not isinstance(self._storage, RateStorage):
            for name, key in uses:
                self.check(name, key)
            return
        rates = [(self._rates[name], name, key) for name, key in uses]
        used_up = self._storage.used_up(
            [(rate.key_for(name, key), rate.amount, rate.get_expiry()) for rate, name, key in rates]
        )
        for (rate, name, key), is_used_up in zip(rates, used_up, strict=True):
            if is_used_up:
                raise TOO_MANY_REQUESTS(retry_after=self._wait(rate, name, key))

    def _wait(self, rate: RateLimitItem, name: str, key: str) -> int:
        reset = self._limiter.get_window_stats(rate, name, key).reset_time
        return max(1, math.ceil(reset - self._clock.now().timestamp()))
