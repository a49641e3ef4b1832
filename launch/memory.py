"""How much memory a tree of processes holds (Linux: read from /proc)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_PARENT = 1
_RESIDENT_PAGES = 21
"""Fields of /proc/<pid>/stat counted after the command's closing parenthesis (proc(5))."""
_SMALL_BYTES = 40_000_000
"""Helpers of the multiprocessing module stay below this; a process with models is far above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiMemory:
    """Resident memory in whole megabytes (10⁶ bytes)."""

    api_mb: int
    """The process that answers requests; 0 where the system does not tell."""
    workers_mb: tuple[int, ...]
    """The face and checking workers below it, largest first."""


def api_memory(server: int) -> ApiMemory:
    """Measure the API below the process `server`, which only watches over it."""
    tree = _children_of_all()
    below = sorted(((_resident(pid), pid) for pid in tree.get(server, ())), reverse=True)
    if not below:
        return ApiMemory(api_mb=0, workers_mb=())
    api_bytes, api = below[0]
    workers = sorted((_resident(pid) for pid in tree.get(api, ())), reverse=True)
    return ApiMemory(
        api_mb=round(api_bytes / 1e6),
        workers_mb=tuple(round(size / 1e6) for size in workers if size > _SMALL_BYTES),
    )


def _children_of_all() -> dict[int, list[int]]:
    tree: dict[int, list[int]] = {}
    for entry in _PROC.glob("[0-9]*"):
        fields = _stat(int(entry.name))
        if fields:
            tree.setdefault(int(fields[_PARENT]), []).append(int(entry.name))
    return tree


def _resident(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[_RESIDENT_PAGES]) * os.sysconf("SC_PAGE_SIZE") if fields else 0


def _stat(pid: int) -> list[str]:
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        # It ended meanwhile.
        return []
    return text.rpartition(")")[2].split()
