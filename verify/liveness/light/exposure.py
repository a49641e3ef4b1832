"""What the camera's exposure did meanwhile, told by the wall: it hardly answers the screen."""

import numpy as np
from numpy.typing import NDArray

from verify.liveness.light.series import LightSeries

Array = NDArray[np.float64]

_SEEN = 0.9
"""Share of the frames in which a place beside the skin must have been measured in all colours."""


def exposure_of(series: LightSeries) -> Array | None:
    """Return the camera's exposure in each frame, T, natural log and up to a constant.

    A camera that answers a lit face by a darker picture takes the light out of the face and darkens
    the wall instead. Before a print, which answers as its face does, nothing is left of a
    difference from this. None where no wall is seen.
    """
    seen = seen_of(series.background)
    if not len(seen):
        return None
    return np.asarray(bridged(series.background[:, seen]).mean(axis=(1, 2)))


def seen_of(light: Array) -> NDArray[np.int64]:
    """Return which of N places were measured in nearly all frames (T × N × 3, NaN elsewhere)."""
    return np.flatnonzero((np.isfinite(light).mean(axis=0) >= _SEEN).all(axis=1))


def bridged(light: Array) -> Array:
    """Return the series with their few holes filled by the frames beside them."""
    flat = light.reshape(len(light), -1).copy()
    moments = np.arange(len(flat))
    for column in np.flatnonzero(~np.isfinite(flat).all(axis=0)):
        there = np.isfinite(flat[:, column])
        flat[:, column] = np.interp(moments, moments[there], flat[there, column])
    return flat.reshape(light.shape)
