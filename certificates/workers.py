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
from certificates.verdicts import Inspection, Integrity
from certificates.worker_protocol import question, read_answer

_PROJECT = Path(__file__).parent.parent
_LONGEST_ANSWER = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one file may cost. A certificate takes 40 ms; the first one after a start 1 s."""

    memory: int = 512 * 1024 * 1024
    """Bytes of address space of a process."""
    cpu_seconds: int = 4
    wall_seconds: float = 10.0


class Inspectors:
    """Hands files to limited processes, each started at its first use; thread-safe.

    Security checks:
        1. no more callers wait than the queue holds: beyond it CHECKER_BUSY, at once;
        2. a process gets no environment, and limits its memory, files and processor time;
        3. one that answers late, not at all, or with anything but two known words, is ended; the
           file counts as TOO_COSTLY and the next one meets a new process.
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
        self._all = [_Process(roots, allowance or Allowance()) for _ in range(workers)]
        for process in self._all:
            self._idle.put(process)

    def inspect(self, data: bytes, *, now: dt.datetime, limits: Limits) -> Inspection:
        """Check a file in one of the processes.

        Raises:
            CertificateError: CHECKER_BUSY.
        """
        if not self._places.acquire(blocking=False):  # 1
            raise CertificateError(ErrorCode.CHECKER_BUSY)
        try:
            process = self._idle.get()
            try:
                return process.inspect(data, now=now, limits=limits)
            finally:
                self._idle.put(process)
        finally:
            self._places.release()

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

    def inspect(self, data: bytes, *, now: dt.datetime, limits: Limits) -> Inspection:
        head: dict[str, Any] = {
            "roots": self._roots,
            "memory": self._allowance.memory,
            "seconds": self._allowance.cpu_seconds,
            "now": now.isoformat(),
            "pages": limits.pages,
            "size": len(data),
        }
        try:
            link = self._link()
            link.sendall(question(head) + data)
            return read_answer(link.recv(_LONGEST_ANSWER))
        except (OSError, ValueError, KeyError, TypeError):  # 3
            self.end()
            return Inspection(integrity=Integrity.TOO_COSTLY)

    def end(self) -> None:
        if self._running is None:
            return
        process, link = self._running
        self._running = None
        link.close()
        process.kill()
        process.wait()

    def _link(self) -> socket.socket:
        if self._running is None:
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
            ours.settimeout(self._allowance.wall_seconds)
            self._running = process, ours
        return self._running[1]
