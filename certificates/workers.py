"""A few limited processes that look into uploads, and a queue that does not grow."""

import datetime as dt
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from certificates.checking import Limits
from certificates.errors import CertificateError, ErrorCode
from certificates.reading.reader import OwnReader
from certificates.verdicts import Inspection, Integrity
from certificates.worker_protocol import LONGEST_ANSWER, READY, packed, question, read_answer

_PROJECT = Path(__file__).parent.parent
_GRACE = 0.5
"""Seconds for a process to end a child whose time is over, and to say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one file may cost. A certificate takes 20 ms; every answer comes within 2 s."""

    memory: int = 384 * 1024 * 1024
    """Bytes of address space of a process."""
    cpu_seconds: float = 1.2
    wall_seconds: float = 1.6
    start_seconds: float = 20.0
    """Until a new process has loaded its parsers; some 0.6 s on an idle machine."""


class Inspectors:
    """Hands files to limited processes, each started at its first use; thread-safe.

    Security checks:
        1. no more callers wait than the queue holds: beyond it CHECKER_BUSY, at once;
        2. a process gets no environment; the child that it makes for each file limits its memory,
           files and processor time, and opens no connection;
        3. a child that does not answer in time is ended, and the file counts as TOO_COSTLY;
        4. so is a process that answers late, not at all, or with anything but two known words; the
           next file meets a new one, begun at once.

    What the log knows was written by us, and is read in this process (`signer_revoked`).
    """

    def __init__(
        self,
        *,
        roots: Sequence[bytes],
        workers: int = 1,
        waiting: int = 2,
        allowance: Allowance | None = None,
    ) -> None:
        """Prepare; nothing is started yet.

        Args:
            roots: trusted root certificates, PEM.
            workers: processes at most.
            waiting: callers that may wait for one.
            allowance: what one file may cost.
        """
        self._places = threading.BoundedSemaphore(workers + waiting)
        self._idle: queue.LifoQueue[_Process] = queue.LifoQueue()
        self._own = OwnReader(roots)
        self._all = [_Process(roots, allowance or Allowance()) for _ in range(workers)]
        for process in self._all:
            self._idle.put(process)

    def inspect(
        self, data: bytes, *, now: dt.datetime, limits: Limits, crls: Sequence[bytes] = ()
    ) -> Inspection:
        """Check a file in one of the processes.

        Raises:
            CertificateError: CHECKER_BUSY.
        """
        if not self._places.acquire(blocking=False):  # 1
            raise CertificateError(ErrorCode.CHECKER_BUSY)
        try:
            process = self._idle.get()
            try:
                return process.inspect(data, now=now, limits=limits, crls=crls)
            finally:
                self._idle.put(process)
        finally:
            self._places.release()

    def signer_revoked(
        self, data: bytes, *, crls: Sequence[bytes], now: dt.datetime, proven_at: dt.datetime
    ) -> bool:
        """Tell whether a file found in the log was signed with a certificate revoked by then."""
        return self._own.signer_revoked(data, crls=crls, now=now, proven_at=proven_at)

    def prestart(self) -> None:
        """Begin the processes without waiting for them, so that no file has to."""
        for process in self._all:
            process.begin()

    def close(self) -> None:
        """End the processes; a later `inspect` would start new ones."""
        for process in self._all:
            process.end()

    def __enter__(self) -> Self:
        """Nothing to do: processes start at their first use."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes."""
        self.close()


class _Process:
    """One process and the socket to it; used by one thread at a time."""

    def __init__(self, roots: Sequence[bytes], allowance: Allowance) -> None:
        self._roots = [root.decode() for root in roots]
        self._allowance = allowance
        self._running: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        self._ready = False

    def inspect(
        self, data: bytes, *, now: dt.datetime, limits: Limits, crls: Sequence[bytes]
    ) -> Inspection:
        head: dict[str, Any] = {
            "roots": self._roots,
            "crls": packed(crls),
            "memory": self._allowance.memory,
            "seconds": self._allowance.cpu_seconds,
            "wall": self._allowance.wall_seconds,
            "now": now.isoformat(),
            "pages": limits.pages,
            "objects": limits.objects,
            "size": len(data),
        }
        try:
            link = self._link()
            link.settimeout(self._allowance.wall_seconds + _GRACE)
            link.sendall(question(head) + data)
            return read_answer(link.recv(LONGEST_ANSWER))
        except (OSError, ValueError, KeyError, TypeError):  # 4
            self.end()
            self.begin()
            return Inspection(integrity=Integrity.TOO_COSTLY)

    def end(self) -> None:
        if self._running is None:
            return
        process, link = self._running
        self._running, self._ready = None, False
        link.close()
        process.kill()
        process.wait()

    def begin(self) -> None:
        if self._running is None:
            self._running = self._begin()

    def _link(self) -> socket.socket:
        if self._running is None:
            self._running = self._begin()
        link = self._running[1]
        if not self._ready:
            link.settimeout(self._allowance.start_seconds)
            if link.recv(len(READY), socket.MSG_WAITALL) != READY:
                raise ConnectionError
            self._ready = True
        return link

    def _begin(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-s", "-B", "-m", "certificates.worker"],
                cwd=_PROJECT,
                env={"LANG": "C.UTF-8"},  # 2
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        return process, ours
