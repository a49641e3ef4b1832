"""Serial numbers that only rise, whatever happens to the process (RFC 3161, 2.4.2)."""

from __future__ import annotations

import fcntl
import os
import threading
from typing import TYPE_CHECKING, Self

from sandbox.pki.refusals import CannotStart

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_RESERVED = 1000
"""Numbers taken by one write to the disk; a crash leaves out those that were not used."""


class Serials:
    """A counter in a file, held by one process at a time."""

    def __init__(self, path: Path) -> None:
        """Take the counter.

        Raises:
            CannotStart: another process has it, or the file holds no number.
        """
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._reserved = int(os.pread(self._file, 32, 0) or b"0")
        except (OSError, ValueError) as refused:
            os.close(self._file)
            msg = "the serial numbers are in use by another process, or unreadable"
            raise CannotStart(msg) from refused
        self._last = self._reserved

    def next(self) -> int:
        """Return a number higher than every one before."""
        with self._lock:
            if self._last == self._reserved:
                self._reserve()
            self._last += 1
            return self._last

    def close(self) -> None:
        """Give the counter up."""
        os.close(self._file)

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the counter up."""
        self.close()

    def _reserve(self) -> None:
        # Of fixed width, so that a shorter number never leaves digits of a longer one behind.
        upto = self._last + _RESERVED
        os.pwrite(self._file, b"%032d" % upto, 0)
        os.fsync(self._file)
        self._reserved = upto
