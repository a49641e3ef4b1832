"""Does the light fall as on this very head? Gains of the patches against its own mesh."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify import patches
from verify.geometry import eye_distance
from verify.liveness.light.gains import Gains
from verify.liveness.light.series import LightSeries

Array = NDArray[np.float64]

_EYE_DISTANCE_CM = 6.3
"""Between the eyes' centres, mean of grown people (Dodgson 2004)."""
_DISTANCE_CM = 35.0
_WIDTH_CM, _HEIGHT_CM, _EDGE_CM = 15.0, 15.0, 1.0
"""Something between a telephone and a laptop, its lens one centimetre above the screen. The real
screen is not known; another one changes the size of what is predicted, hardly its shape."""
_LEAST_ANSWER = 0.3
"""Of the face's mean answer. A patch below it lies in hair, or beside a tint laid over a face."""
_LEAST_PATCHES = 12
_CORE_SHARE, _LENGTHWISE = 0.75, 0.8
"""So many of the patches are the face's inside; heights count so much, faces being longer than
wide."""
_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """A regression through the origin: 1 where a patch answers as predicted, 0 on a sheet."""

    value: float
    error: float
    """Standard error by the frames' noise, as the patches' own gains have it."""


_UNKNOWN = Slope(value=0.0, error=math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """How the face's relief shows in the light."""

    left: Slope
    """From left/right pictures."""
    top: Slope
    """From upper/lower pictures."""
    half: Slope
    """Both, weighted by their precision."""
    full: Slope
    """From whole-screen pictures."""
    core: Slope
    """The same inside the face, where the outline of a tint laid over it does not reach."""


def relief_of(series: LightSeries, gains: Gains) -> Relief:
    """Regress the patches' gains on those their places and normals predict.

    The ratio of a patch's answers to two halves knows neither its reflectance nor the ambient
    light on it. What a tilted or evenly bent sheet could show, a polynomial in the patch's place,
    is first taken out of both sides. Patches that hardly answer at all are left out.
    """
    answering = np.flatnonzero(gains.full >= _LEAST_ANSWER)
    if len(answering) < _LEAST_PATCHES:
        return Relief(left=_UNKNOWN, top=_UNKNOWN, half=_UNKNOWN, full=_UNKNOWN, core=_UNKNOWN)
    chosen = series.places[answering]
    places = patches.centres(series.shape)[chosen] / eye_distance(series.shape)
    expected = expected_gains(places * _EYE_DISTANCE_CM, patches.normals(series.shape)[chosen])
    whole = gains.full[answering]
    plane, bent = _polynomial(places, 1), _polynomial(places, 2)
    noise = gains.errors[answering] / whole[:, None]
    shares = expected.left / expected.full, expected.top / expected.full
    left = _slope(gains.left[answering] / whole, shares[0], plane, noise[:, 1])
    top = _slope(gains.top[answering] / whole, shares[1], plane, noise[:, 2])
    seen, predicted = np.log(whole), np.log(expected.full)
    inside = _inside(places)
    return Relief(
        left=left,
        top=top,
        half=_pooled(left, top),
        full=_slope(seen, predicted, bent, noise[:, 0]),
        core=_slope(seen[inside], predicted[inside], bent[inside], noise[inside, 0]),
    )


def expected_gains(places: Array, normals: Array) -> Gains:
    """Return what Lambert's law gives for patches (P × 3 cm) before the nominal screen."""
    across, upper = _WIDTH_CM / 4, _EDGE_CM + _HEIGHT_CM / 4
    lower = upper + _HEIGHT_CM / 2
    # The looker's left half lies on the picture's right.
    quadrants = np.array([(x, y, 0.0) for y in (upper, lower) for x in (across, -across)])
    middle = places.mean(axis=0)
    rays = quadrants - (places - middle + [0.0, 0.0, _DISTANCE_CM])[:, None]
    far = np.linalg.norm(rays, axis=2)
    faced = np.maximum(0, np.einsum("pi,pqi->pq", normals, rays / far[..., None]))
    light = faced * -rays[..., 2] / far**3
    light = light / light.sum(axis=1).mean() + _TINY
    return Gains(
        full=light.sum(axis=1),
        left=light @ np.array([1.0, -1.0, 1.0, -1.0]),
        top=light @ np.array([1.0, 1.0, -1.0, -1.0]),
        errors=np.zeros((len(places), 3)),
    )


def _polynomial(places: Array, degree: int) -> Array:
    x, y = (places[:, :2] - places[:, :2].mean(axis=0)).T
    ways = [(i, total - i) for total in range(degree + 1) for i in range(total + 1)]
    return np.column_stack([x**i * y**j for i, j in ways])


def _inside(places: Array) -> NDArray[np.bool_]:
    x, y = (places[:, :2] - places[:, :2].mean(axis=0)).T
    away = np.hypot(x, _LENGTHWISE * y)
    return np.asarray(away <= np.quantile(away, _CORE_SHARE))


def _slope(seen: Array, expected: Array, sheet: Array, noise: Array) -> Slope:
    basis, _ = np.linalg.qr(sheet)
    part = expected - basis @ (basis.T @ expected)
    power = max(_TINY, float(part @ part))
    error = float(np.sqrt((part**2) @ (noise**2))) / power
    return Slope(value=float(seen @ part) / power, error=max(error, _TINY))


def _pooled(one: Slope, other: Slope) -> Slope:
    a, b = (slope.error**-2 for slope in (one, other))
    return Slope(value=(a * one.value + b * other.value) / (a + b), error=float((a + b) ** -0.5))
