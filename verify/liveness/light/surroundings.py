"""What answers beside the skin: the wall behind the head, and the eyes."""

import numpy as np
from numpy.typing import NDArray

from verify.liveness.light.code import CodeFit
from verify.liveness.light.exposure import bridged, seen_of
from verify.liveness.light.gains import other_gains
from verify.liveness.light.series import LightSeries

Array = NDArray[np.float64]

_LIMIT = 4.0
_LEAST_IRIS = 0.3
"""Of the skin's answer. A living eye's, simulated, is 1.1 to 3.4, a print's mostly 0.4 to 1.1; less
comes from spectacles that mirror something else."""
_MOST_ERROR = 0.5
"""An answer known less well tells nothing."""


def background_of(series: LightSeries, code: CodeFit) -> float | None:
    """Return how strongly the background answers compared with the face, each to its own ambient.

    A wall behind a person is far from the screen: 0.05. A print's background is as near as its
    face: 1. None where the background is too dark or too bright to tell.
    """
    found = _answer(series, code, series.background)
    return None if found is None else found[0]


def iris_of(series: LightSeries, code: CodeFit) -> float | None:
    """Return how strongly the eyes answer compared with the skin; None where they are not seen."""
    found = _answer(series, code, series.iris)
    if found is None or found[0] < _LEAST_IRIS or found[1] > _MOST_ERROR:
        return None
    return found[0]


def _answer(series: LightSeries, code: CodeFit, light: Array) -> tuple[float, float] | None:
    """Return the mean answer of the places that were seen, and its standard error."""
    seen = seen_of(light)
    if not len(seen):
        return None
    gains = other_gains(series, code, bridged(light[:, seen]))
    error = float(np.linalg.norm(gains.errors[:, 0])) / len(seen)
    return float(np.clip(gains.full.mean(), -_LIMIT, _LIMIT)), error
