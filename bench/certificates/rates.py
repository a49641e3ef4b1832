"""How often something can be done in a second of one processor."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

_REPEATS = 5
_AT_LEAST_S = 1.0

T = TypeVar("T")


def per_cpu_second(
    work: Callable[[], object], *, repeats: int = _REPEATS, at_least_s: float = _AT_LEAST_S
) -> float:
    """Return how many calls a second of this process's processor time holds.

    Args:
        work: called in one thread; the first call warms caches up and is not counted.
        repeats: measurements, of which the median is told.
        at_least_s: processor seconds of each.
    """
    work()
    return statistics.median(_once(work, at_least_s) for _ in range(repeats))


def per_cpu_second_of_each(
    work: Callable[[T], object], given: Sequence[T], *, before: Sequence[T] = ()
) -> float:
    """Return the same of work that must not see anything twice.

    Args:
        work: called in one thread.
        given: what is measured.
        before: others of the kind, worked on first and not counted.
    """
    for one in before:
        work(one)
    begun = time.process_time()
    for one in given:
        work(one)
    return len(given) / (time.process_time() - begun)


def _once(work: Callable[[], object], at_least_s: float) -> float:
    count, begun = 0, time.process_time()
    while (spent := time.process_time() - begun) < at_least_s:
        work()
        count += 1
    return count / spent
