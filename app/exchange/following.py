"""The contracts in force in every process: whoever reloads them rings, the others follow."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Protocol

import redis
import structlog

from app.exchange.contracts.contract import Contract
from app.exchange.contracts.library import ContractLibrary, Reloaded

FOLLOW_S: Final = 5.0
"""How long another process may go on under the contracts before."""
_KEY: Final = "exchange:contracts:reloads"
log = structlog.get_logger("exchange")


class Bell(Protocol):
    """Counts reloads, for all processes."""

    def ring(self) -> int:
        """Count one more; returns which it is."""
        ...

    def heard(self) -> int:
        """How many there were."""
        ...


class RedisBell:
    """In Redis. Forgetting it costs nothing: a process that starts reads what is there."""

    def __init__(self, connection: redis.Redis) -> None:
        """Take the connection."""
        self._redis = connection

    def ring(self) -> int:
        """Count one more; returns which it is.

        Raises:
            redis.RedisError: it cannot be asked.
        """
        return int(self._redis.incr(_KEY))

    def heard(self) -> int:
        """How many there were.

        Raises:
            redis.RedisError: it cannot be asked.
        """
        return int(self._redis.get(_KEY) or 0)


class ContractsInForce:
    """The library of this process, kept up with the others."""

    def __init__(self, library: ContractLibrary, *, bell: Bell, timer: Callable[[], float]) -> None:
        """Take the library as it was just read.

        Args:
            library: of contracts.
            bell: counts reloads.
            timer: monotonic seconds.
        """
        self._library = library
        self._bell = bell
        self._timer = timer
        self._lock = threading.Lock()
        self._next = timer() + FOLLOW_S
        self._at = 0  # at the first look whatever was rung before is followed

    def contract(self, source: str) -> Contract:
        """The contract in force for a source.

        Raises:
            KeyError: there is none.
        """
        self._follow()
        return self._library.contract(source)

    def all(self) -> tuple[Contract, ...]:
        """All in force, by source."""
        self._follow()
        return self._library.all()

    def reload(self) -> tuple[Reloaded, ...]:
        """Read the folders again, here at once and in every other process within seconds.

        Raises:
            redis.RedisError: the others cannot be told; nothing is read here either.
        """
        with self._lock:
            self._at = self._bell.ring()
            return self._read("contracts_reloaded")

    def _follow(self) -> None:
        if self._timer() < self._next or not self._lock.acquire(blocking=False):
            return
        try:
            self._next = self._timer() + FOLLOW_S
            heard = self._bell.heard()
            if heard != self._at:
                self._read("contracts_followed")
            self._at = heard
        except redis.RedisError as failed:
            log.warning("contracts_not_followed", error=type(failed).__name__)
        finally:
            self._lock.release()

    def _read(self, event: str) -> tuple[Reloaded, ...]:
        report = self._library.reload()
        refused = [one for one in report if one.refused is not None]
        for one in refused:
            log.warning("contract_refused", source=one.source, version=one.contract)
        log.info(event, count=len(report) - len(refused))
        return report
