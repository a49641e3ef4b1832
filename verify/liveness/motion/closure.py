"""Where in a stretch of film both eyes shut and opened again, told by times, not frame counts."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.policy.motion import MotionPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """One blink."""

    first: int
    """Which of the given moments is the first with eyes not open."""
    start_ms: float
    end_ms: float
    """Of the last moment with eyes not open."""
    share: float
    """How far the eyes were open at the lowest, mean of both, 1 as wide as around it."""


def closures(
    times: Sequence[float],
    eyes: Sequence[tuple[float, float]],
    *,
    share: float,
    policy: MotionPolicy,
) -> list[Closure]:
    """Find the blinks: the eyes narrow against what is usual around them, in this way.

    1. Both together, and each: a wink is none.
    2. Their mean down to `share` or less.
    3. Within the time lids take to fall: looking down or a squint comes slower.
    4. They open again, after no less and no more time than a blink takes.

    Args:
        times: Milliseconds, rising.
        eyes: `verify.expression.eyes_open` of each moment.
        share: Of the usual opening; what is above is no closure.
        policy: The other limits; the empty policy finds none.
    """
    clock, opening = np.array(times, np.float64), np.array(eyes, np.float64).reshape(-1, 2)
    window_ms = policy.blink_window_ms
    usual = np.maximum(_level(clock, opening, window_ms, window_ms, np.median), 1e-9)
    share_open = opening / usual
    widest = _level(clock, opening, policy.blink_fall_ms, 0.0, np.max)
    both, fall = share_open.mean(axis=1), ((widest - opening) / usual).mean(axis=1)
    found = []
    for first, last in _inner_runs(both < policy.blink_open_share):
        part = slice(first, last + 1)
        lowest = first + int(both[part].argmin())
        lasted = clock[last + 1] - clock[first - 1]
        blinked = (
            share_open[lowest].max() < policy.blink_open_share,  # 1
            both[lowest] <= share,  # 2
            fall[part].max() >= policy.min_blink_fall,  # 3
            policy.blink_least_ms <= lasted <= policy.blink_most_ms,  # 4
        )
        if all(blinked):
            found.append(
                Closure(
                    first=first,
                    start_ms=float(clock[first]),
                    end_ms=float(clock[last]),
                    share=float(both[lowest]),
                )
            )
    return found


def _level(
    clock: NDArray[np.float64],
    opening: NDArray[np.float64],
    before_ms: float,
    after_ms: float,
    figure: Callable[..., NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return for each moment and eye a figure of the openings around it."""
    first = np.searchsorted(clock, clock - before_ms, side="left")
    last = np.searchsorted(clock, clock + after_ms, side="right")
    around = [figure(opening[a:b], axis=0) for a, b in zip(first, last, strict=True)]
    return np.array(around, np.float64).reshape(-1, 2)


def _inner_runs(narrow: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last moment of each run that has open eyes on both sides."""
    position = 0
    for shut, run in itertools.groupby(narrow.tolist()):
        first, position = position, position + len(list(run))
        if shut and first > 0 and position < len(narrow):
            yield first, position - 1
