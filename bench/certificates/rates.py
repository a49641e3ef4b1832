"""How often something can be done in a second of one processor."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

_REPEATS = 5
_AT_LEAST_S = 1.0


def per_cpu_second(
    work: Callable[[], object], *, repeats: int = _REPEATS, at_least_s: float = _AT_LEAST_S
) -> float:
    """Return how many calls a second of processor time of this process holds.

    Args:
        work: called in one thread; the first call warms caches up and is not counted.
        repeats: measurements, of which the median is told.
        at_least_s: processor seconds of each.
    """
    work()
    return statistics.median(_once(work, at_least_s) for _ in range(repeats))


def _once(work: Callable[[], object], at_least_s: float) -> float:
    count, begun = 0, time.process_time()
    while (spent := time.process_time() - begun) < at_least_s:
        work()
        count += 1
    return count / spent
