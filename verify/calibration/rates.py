"""False matches and false non-matches at thresholds, and thresholds for false match rates.

FMR: share of pairs of two persons whose score reaches the threshold. FNMR: share of pairs of one
person whose score does not (ISO/IEC 19795-1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Final

import numpy as np

from verify.calibration import bounds
from verify.calibration.faces import Floats
from verify.calibration.proportion import Proportion
from verify.calibration.scores import ScoreSet

RATES: Final = (1e-2, 1e-3, 1e-4, 1e-5)
"""False match rates that are looked for: those of the published anchors."""
_DECIMALS = 1000
_HALVINGS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What a threshold does."""

    threshold: float
    fmr: Proportion
    fnmr: Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A false match rate and the threshold that keeps it, if the pairs can show that."""

    rate: float
    """What the true rate must not exceed, with 95 % confidence."""
    needs: int
    """Pairs of two persons it takes at least: the rule of three."""
    point: Point | None
    """None: not supported."""
    decided_by: str = ""
    """The group whose own pairs ask for the highest threshold; empty: all pairs together."""


def at(scores: ScoreSet, threshold: float) -> Point:
    """Count both errors at a threshold."""
    return Point(
        threshold=threshold,
        fmr=_reached(scores.impostor.values, threshold),
        fnmr=_missed(scores.genuine.values, threshold),
    )


def state(scores: ScoreSet, rate: float) -> Statement:
    """Find the lowest threshold at which the upper bound of the FMR is within the rate.

    The bound is kept by all pairs together, and by each group that has pairs enough of its own:
    where one group is told apart less well, it decides.
    """
    found = {"": threshold_for(scores.impostor.values, rate)}
    for index, name in enumerate(scores.names[1:], start=1):
        found[name] = threshold_for(scores.impostor.of(index), rate)
    needs = bounds.trials_needed(rate)
    supported = {name: value for name, value in found.items() if value is not None}
    if "" not in supported:
        return Statement(rate=rate, needs=needs, point=None)
    decided_by = max(supported, key=lambda name: supported[name])
    point = at(scores, supported[decided_by])
    return Statement(rate=rate, needs=needs, point=point, decided_by=decided_by)


def threshold_for(impostor: Floats, rate: float) -> float | None:
    """Return a threshold, rounded up to three decimals; None where there are too few pairs."""
    count = len(impostor)
    if count < bounds.trials_needed(rate):
        return None
    allowed = _allowed(count, rate)
    excluded = float(np.partition(impostor, count - allowed - 1)[count - allowed - 1])
    return (floor(excluded * _DECIMALS) + 1) / _DECIMALS


def worst_group(scores: ScoreSet, threshold: float) -> tuple[str, Proportion] | None:
    """Return the group with the highest false match rate, of equals the one with fewest pairs.

    None where no group has any.
    """
    counts = [
        (name, _reached(scores.impostor.of(index), threshold))
        for index, name in enumerate(scores.names)
        if index
    ]
    tried = [(name, count) for name, count in counts if count.trials]
    return max(tried, key=lambda one: (one[1].rate, one[1].upper95), default=None)


def equal_error(scores: ScoreSet) -> Point | None:
    """Return the point where both rates meet; None where either sort of pair is missing."""
    genuine, impostor = scores.genuine.values, scores.impostor.values
    if not len(genuine) or not len(impostor):
        return None
    low, high = -2.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        more_matches = np.mean(impostor >= middle) > np.mean(genuine < middle)
        low, high = (middle, high) if more_matches else (low, middle)
    return at(scores, high)


def curve(scores: ScoreSet, *, points: int = 200) -> Sequence[Point]:
    """Return points from the lowest to the highest score, for a plot."""
    values = np.concatenate([scores.genuine.values, scores.impostor.values])
    if not len(values):
        return ()
    grid = np.linspace(float(values.min()), float(values.max()), points)
    return [at(scores, float(threshold)) for threshold in grid]


def _allowed(count: int, rate: float) -> int:
    """Return the most false matches whose upper bound is still within the rate."""
    low, high = 0, floor(count * rate) + 1
    while high - low > 1:
        middle = (low + high) // 2
        within = bounds.upper(middle, count) <= rate
        low, high = (middle, high) if within else (low, middle)
    return low


def _reached(values: Floats, threshold: float) -> Proportion:
    return Proportion(errors=int(np.count_nonzero(values >= threshold)), trials=len(values))


def _missed(values: Floats, threshold: float) -> Proportion:
    return Proportion(errors=int(np.count_nonzero(values < threshold)), trials=len(values))
