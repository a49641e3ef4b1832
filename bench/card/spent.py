"""What processors were busy with: seconds of each part of the system, read from /proc.

Unlike times they do not depend on who else is using the machine.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

_PARTS = {
    "wsgi:application": "api",
    "dispatch-outbox": "dispatcher",
    "postgres": "postgres",
    "valkey-server": "valkey",
}
_PARENT, _USER, _SYSTEM = 1, 11, 12
"""Fields after the command's name in `/proc/<pid>/stat` (proc(5))."""


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
