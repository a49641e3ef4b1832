"""Figures of a sample, and what machine they were taken on."""

from __future__ import annotations

import math
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_GIB = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Nearest-rank percentiles of a sample, milliseconds."""

    count: int
    median: float
    p95: float
    p99: float
    most: float

    @classmethod
    def of(cls, sample: Sequence[float]) -> Figures:
        """Summarise a sample of at least one value."""
        ranked = sorted(sample)
        return cls(
            count=len(ranked),
            median=round(statistics.median(ranked), 1),
            p95=round(_rank(ranked, 0.95), 1),
            p99=round(_rank(ranked, 0.99), 1),
            most=round(ranked[-1], 1),
        )

    def __str__(self) -> str:
        """One readable line."""
        return (
            f"median {self.median:8.1f}   p95 {self.p95:8.1f}   p99 {self.p99:8.1f}   "
            f"max {self.most:8.1f} ms   ({self.count})"
        )


def _rank(ranked: Sequence[float], share: float) -> float:
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def machine() -> dict[str, object]:
    """The processor, cores, memory and Python the figures belong to."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB),
        "load_1min": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()
