"""The newest signed drop of a department, kept in memory; an older one never replaces it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import structlog

from app.exchange.connectors.answers import write_answer
from app.exchange.connectors.drops.folder import Drop, DropFolder
from app.exchange.connectors.drops.manifest import DepartmentKey
from app.exchange.connectors.drops.snapshot import Snapshot, read_snapshot
from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.ports import Request

_TRIED: Final = 8
"""How many drops are tried before giving up: a department keeps fewer."""
_AGAIN_S: Final = 30.0
"""A drop that did not hold may still be on its way: it is looked at again after so long."""
log = structlog.get_logger("exchange")


class Watermarks(Protocol):
    """Remembers the newest drop that was ever used, for all processes."""

    def advance(self, department: str, *, sequence: int, digest: bytes) -> bool:
        """Whether this drop is newer than all before, or the newest itself; it is then noted."""
        ...


class FilesConnector:
    """Answers from the drops of one department. Thread-safe."""

    def __init__(
        self,
        *,
        department: str,
        folder: Path,
        key: DepartmentKey,
        watermarks: Watermarks,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take folder and key; nothing is read yet.

        Args:
            department: whose drops.
            folder: where they come; its name never comes from a request or a manifest.
            key: what manifests have to be signed with.
            watermarks: what keeps an old drop from coming back after a restart.
            timer: monotonic seconds.
        """
        self._department = department
        self._folder = DropFolder(folder)
        self._key = key
        self._watermarks = watermarks
        self._lock = threading.Lock()
        self._held: Snapshot | None = None
        self._seen: list[Drop] = []
        self._timer = timer
        self._again: float | None = None

    def ask(self, request: Request) -> bytes:
        """Answer from the newest drop that holds; how old it may be, the contract says.

        Raises:
            ExchangeFailed: none holds.
        """
        snapshot = self._newest(request.path)
        return write_answer(
            request,
            snapshot.told(request.question),
            contract=snapshot.manifest.contract,
            as_of=snapshot.manifest.made_at,
        )

    def close(self) -> None:
        """Forget what is held."""
        with self._lock:
            self._held, self._seen = None, []

    def _newest(self, prefix: str) -> Snapshot:
        held = self._held
        # While one thread reads a new drop, the others go on with the old one.
        if self._lock.acquire(blocking=held is None):
            try:
                held = self._looked(prefix)
            finally:
                self._lock.release()
        if held is None:
            raise ExchangeFailed(Failure.UNREACHABLE)
        return held

    def _looked(self, prefix: str) -> Snapshot | None:
        """Look for drops that are newer than the one held."""
        drops = self._folder.drops(prefix)[:_TRIED]
        if self._held is None or drops != self._seen or self._is_due():
            last = self._held.manifest.sequence if self._held else 0
            self._take_up([drop for drop in drops if drop.sequence > last])
            self._seen = drops
        return self._held

    def _is_due(self) -> bool:
        return self._again is not None and self._timer() >= self._again

    def _take_up(self, drops: list[Drop]) -> None:
        """Hold the first that holds.

        Raises:
            ExchangeFailed: why the newest does not, where there is nothing to fall back on.
        """
        reasons: list[ExchangeFailed] = []
        for drop in drops:
            try:
                self._held = self._believed(drop)
            except ExchangeFailed as failed:
                log.warning("drop_refused", source=self._department, kind=failed.failure.value)
                reasons.append(failed)
            else:
                break
        self._again = self._timer() + _AGAIN_S if reasons else None
        if reasons and self._held is None:
            raise reasons[0]

    def _believed(self, drop: Drop) -> Snapshot:
        snapshot = read_snapshot(self._folder, drop, self._key)
        newest = self._watermarks.advance(
            self._department, sequence=drop.sequence, digest=snapshot.manifest.digest
        )
        if not newest:
            raise ExchangeFailed(Failure.STALE)
        return snapshot
