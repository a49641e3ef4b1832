"""A connector that a failing or slow source cannot drag everybody else down with."""

from __future__ import annotations

from typing import Final

from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.ports import Connector, Request
from app.exchange.resilience.breaker import Breaker
from app.exchange.resilience.bulkhead import Bulkhead, Crowded

_TROUBLE: Final = frozenset(
    {
        Failure.UNREACHABLE,
        Failure.TIMED_OUT,
        Failure.OVERLOADED,
        Failure.UNEXPECTED_STATUS,
        Failure.NOT_JSON,
        Failure.TOO_LARGE,
        Failure.NOT_VOUCHED,
    }
)
"""What speaks against the source. An answer that refuses us shows that it is there."""


class GuardedConnector:
    """Asks through a breaker and within a bulkhead."""

    def __init__(self, inner: Connector, *, breaker: Breaker, bulkhead: Bulkhead) -> None:
        """Wrap a connector."""
        self._inner = inner
        self._breaker = breaker
        self._bulkhead = bulkhead

    def ask(self, request: Request) -> bytes:
        """Carry one request.

        1. A place is free: waiting for one says nothing against the source. 2. The circuit lets
        it through. 3. What becomes of it is told to the breaker, whatever it is.

        Raises:
            ExchangeFailed: CROWDED or CIRCUIT_OPEN without having asked; else the connector's own.
        """
        try:
            with self._bulkhead.place():  # 1
                wait = self._breaker.admit()  # 2
                if wait:
                    raise ExchangeFailed(Failure.CIRCUIT_OPEN, retry_after_s=wait)
                return self._told(request)
        except Crowded:
            raise ExchangeFailed(Failure.CROWDED) from None

    def _told(self, request: Request) -> bytes:
        well = True  # anything unforeseen is our own mistake
        try:
            return self._inner.ask(request)
        except ExchangeFailed as failed:
            well = failed.failure not in _TROUBLE
            raise
        finally:
            (self._breaker.succeeded if well else self._breaker.failed)()  # 3
