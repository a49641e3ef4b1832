"""What processors were busy with, and what the API holds in memory: read from /proc.

Unlike times they do not depend on who else is using the machine.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_PARTS = {
    "wsgi:application": "api",
    "dispatch-outbox": "dispatcher",
    "postgres": "postgres",
    "valkey-server": "valkey",
}
_PARENT, _USER, _SYSTEM = 1, 11, 12
"""Fields after the command's name in `/proc/<pid>/stat` (proc(5))."""
_KIB_MB = 1024 / 1e6


def cpu_s() -> Counter[str]:
    """Return processor seconds so far of each part, and of this process as `clients`."""
    tick = os.sysconf("SC_CLK_TCK")
    stats = {int(p.name): _stat(p) for p in Path("/proc").iterdir() if p.name.isdecimal()}
    ours = _descendants({pid: int(stat[_PARENT]) for pid, stat in stats.items() if stat})
    spent: Counter[str] = Counter()
    for pid in ours:
        part = "clients" if pid == os.getpid() else _part(pid)
        stat = stats[pid]
        spent[part] += (int(stat[_USER]) + int(stat[_SYSTEM])) / tick  # type: ignore[assignment]
    return spent


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiMemory:
    """What all processes of the API hold together, MB (10⁶ bytes)."""

    processes: int
    """With the one that watches over them."""
    shared_out_mb: float
    """Pages that several have are shared out among them (PSS): what the API really takes."""
    own_mb: list[float]
    """What only that process has, smallest first."""


def api_memory() -> ApiMemory:
    """Measure the API below this process."""
    stats = {int(p.name): _stat(p) for p in Path("/proc").iterdir() if p.name.isdecimal()}
    ours = _descendants({pid: int(stat[_PARENT]) for pid, stat in stats.items() if stat})
    held = [_kilobytes(pid) for pid in ours if pid != os.getpid() and _part(pid) == "api"]
    return ApiMemory(
        processes=len(held),
        shared_out_mb=round(sum(one["Pss"] for one in held) * _KIB_MB, 1),
        own_mb=sorted(round(one["Private_Dirty"] * _KIB_MB, 1) for one in held),
    )


def _kilobytes(pid: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]:
        name, _, value = line.partition(":")
        found[name] = int(value.split()[0])
    return found


def _stat(folder: Path) -> list[str]:
    try:
        text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has ended since
        return []
    return text.rpartition(")")[2].split()


def _descendants(parents: dict[int, int]) -> set[int]:
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _part(pid: int) -> str:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return "others"
    return next((part for word, part in _PARTS.items() if word in line), "others")
