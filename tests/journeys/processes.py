"""The processes of a running API, as Linux shows them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_RESET_PEAK = "5"
"""Written to clear_refs, sets the peak of resident memory back to the present (proc(5))."""
_HELPER_MB = 100
"""A worker that holds face models is far above; a checker of PDFs is below."""
_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Tree:
    """One API: the process that watches, the one that serves, the ones below it."""

    watcher: int

    @property
    def server(self) -> int:
        """The process that answers requests."""
        return max(_children(self.watcher), key=lambda pid: _megabytes(pid, "VmRSS"))

    @property
    def face_workers(self) -> tuple[int, ...]:
        """The processes that hold face models."""
        below = _children(self.server)
        return tuple(pid for pid in below if _megabytes(pid, "VmRSS") > _HELPER_MB)

    def face_workers_again(self, count: int, *, but: tuple[int, ...]) -> tuple[int, ...]:
        """Wait until so many others have loaded."""
        deadline = time.monotonic() + _SECONDS
        while len(found := tuple(set(self.face_workers) - set(but))) < count:
            assert time.monotonic() < deadline, "the dead face workers were not replaced"
            time.sleep(0.05)
        return found

    def everyone(self) -> tuple[int, ...]:
        """The server and all below it."""
        return (self.server, *_children(self.server))


@contextmanager
def growth(tree: Tree) -> Iterator[dict[int, float]]:
    """By how many megabytes each process was above its beginning at most, filled in at the end."""
    before = {pid: _megabytes(pid, "VmRSS") for pid in tree.everyone()}
    for pid in before:
        (_PROC / str(pid) / "clear_refs").write_text(_RESET_PEAK)
    grown: dict[int, float] = {}
    yield grown
    grown.update({pid: _megabytes(pid, "VmHWM") - mb for pid, mb in before.items()})


@contextmanager
def stopped(*pids: int) -> Iterator[None]:
    """Hold processes still, so that whatever they are given stays in the middle."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in filter(alive, pids):
            os.kill(pid, signal.SIGCONT)


def alive(pid: int) -> bool:
    """Whether a process is there and more than a name."""
    return _megabytes(pid, "VmRSS") > 0


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for one in (_PROC / str(pid) / "task").glob("*/children"):  # each thread has its own list
        with suppress(FileNotFoundError, ProcessLookupError):
            found += map(int, one.read_text().split())
    return found


def _megabytes(pid: int, field: str) -> float:
    try:
        status = (_PROC / str(pid) / "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    for line in status.splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0  # a zombie holds nothing
