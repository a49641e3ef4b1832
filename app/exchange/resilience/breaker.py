"""A circuit breaker: a source that keeps failing is left alone for a while, then tried once.

Closed → open → half open → closed, as in Nygard, "Release It!", 2nd ed., 5.2. Each process has its
own: what one worker learns costs the others a few failures, and no shared store can fail with it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """When to open, and for how long."""

    window: int = 20
    """Of so many latest outcomes …"""
    least: int = 5
    """… once there are so many …"""
    share: float = 0.5
    """… this share must have failed."""
    open_s: float = 2.0
    """The first time; doubled after every probe that fails."""
    longest_s: float = 60.0


class Circuit(StrEnum):
    """What a breaker lets through."""

    CLOSED = "closed"
    """Everything."""
    OPEN = "open"
    """Nothing."""
    HALF_OPEN = "half_open"
    """One request, to see."""


class Breaker:
    """Of one source; thread-safe.

    Whoever is admitted tells how it went by `succeeded` or `failed`, exactly once. A probe that
    is never told of is given up after as long as the circuit was open.
    """

    def __init__(self, policy: BreakerPolicy, *, timer: Callable[[], float]) -> None:
        """Start closed.

        Args:
            policy: when to open.
            timer: monotonic seconds.
        """
        self._policy = policy
        self._timer = timer
        self._lock = threading.Lock()
        self._outcomes: deque[bool] = deque(maxlen=policy.window)
        self._open_for = 0.0
        self._until = 0.0
        self._probing = False

    @property
    def circuit(self) -> Circuit:
        """What would happen to a request now."""
        with self._lock:
            return self._circuit(self._timer())

    def admit(self) -> float:
        """Ask to be let through.

        Returns:
            0 when admitted, else after how many seconds to ask again.
        """
        with self._lock:
            now = self._timer()  # once: between two looks the circuit may half open
            circuit = self._circuit(now)
            if circuit is Circuit.CLOSED:
                return 0.0
            if circuit is Circuit.OPEN:
                # Adding and subtracting may leave a little more than was added.
                return min(self._until - now, self._open_for)
            self._probing = True
            self._until = now + self._open_for
            return 0.0

    def succeeded(self) -> None:
        """Count a usable answer; one of a probe closes the circuit."""
        with self._lock:
            if self._open_for:
                self._open_for, self._probing = 0.0, False
                self._outcomes.clear()
            self._outcomes.append(True)

    def failed(self) -> None:
        """Count a failure of the source; enough of them open the circuit."""
        with self._lock:
            if self._probing:
                self._open(2 * self._open_for)
            if self._open_for:
                return  # of a request that was let through before
            self._outcomes.append(False)
            if self._too_many():
                self._open(self._policy.open_s)

    def _circuit(self, now: float) -> Circuit:
        if not self._open_for:
            return Circuit.CLOSED
        return Circuit.OPEN if now < self._until else Circuit.HALF_OPEN

    def _too_many(self) -> bool:
        count = len(self._outcomes)
        bad = count - sum(self._outcomes)
        return count >= self._policy.least and bad >= self._policy.share * count

    def _open(self, seconds: float) -> None:
        self._open_for = min(seconds, self._policy.longest_s)
        self._until = self._timer() + self._open_for
        self._probing = False
