"""Shapes a sheet can be bent into: where a ray of sight meets it, and how it is turned there.

Coordinates are the sheet's own, pixels: x right, y down, z away from the camera, its middle at 0.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sandbox.phone.landmarks import Points
from sandbox.phone.projection import Flat


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Where rays meet a surface; NaN where they pass it."""

    at: Points
    """N × 3."""
    normals: Points
    """N × 3, unit length, toward the camera."""
    sheet: Flat
    """N × 2: the same place on the unrolled sheet, from its middle."""


class Surface(Protocol):
    """A bent sheet."""

    def meet(self, origin: NDArray[np.float64], ways: Points) -> Meeting:
        """Follow the rays `origin` + s · `ways` (3, N × 3) to where they first meet it."""
        ...


class Plane:
    """Not bent at all."""

    def meet(self, origin: NDArray[np.float64], ways: Points) -> Meeting:
        """Meet z = 0."""
        at = origin - (origin[2] / ways[:, 2])[:, None] * ways
        normals = np.broadcast_to(np.asarray((0.0, 0.0, -1.0)), at.shape)
        return Meeting(at=at, normals=np.asarray(normals), sheet=at[:, :2])


class Cylinder:
    """Bent around one axis; the middle is nearest to the camera."""

    def __init__(self, *, radius: float, upright: bool) -> None:
        """Take the radius and whether the axis stands upright, as around a lamp post."""
        self._radius = radius
        self._across, self._along = (0, 1) if upright else (1, 0)

    def meet(self, origin: NDArray[np.float64], ways: Points) -> Meeting:
        """Meet the near side of the roll."""
        radius, across = self._radius, self._across
        behind = np.asarray((0, 0, radius))
        scale = np.zeros(3)
        scale[[across, 2]] = 1 / radius
        at = _near_side(origin - behind, ways, scale)
        sheet = np.empty((len(at), 2))
        sheet[:, across] = radius * np.arctan2(at[:, across], -at[:, 2])
        sheet[:, self._along] = at[:, self._along]
        normals = at * scale
        return Meeting(at=at + behind, normals=normals, sheet=sheet)


class Ellipsoid:
    """Pressed over something as round as a head: no nose, no eye sockets."""

    def __init__(self, *, wide: float, high: float, deep: float) -> None:
        """Take the half axes."""
        self._half = np.asarray((wide, high, deep), np.float64)

    def meet(self, origin: NDArray[np.float64], ways: Points) -> Meeting:
        """Meet the near side; the sheet's places are lengths of arc from the middle."""
        behind = np.asarray((0, 0, self._half[2]))
        at = _near_side(origin - behind, ways, 1 / self._half)
        parts = np.clip(at[:, :2] / self._half[:2], -1, 1)
        normals = at / self._half**2
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        return Meeting(at=at + behind, normals=normals, sheet=self._half[:2] * np.arcsin(parts))


def _near_side(origin: NDArray[np.float64], ways: Points, scale: NDArray[np.float64]) -> Points:
    """Return where rays first meet |p · scale| = 1, NaN where they do not."""
    start, steps = origin * scale, ways * scale
    a = (steps**2).sum(axis=1)
    b = steps @ start
    inside = b**2 - a * (start @ start - 1)
    root = np.sqrt(np.where(inside > 0, inside, np.nan))
    return np.asarray(origin + ((-b - root) / a)[:, None] * ways, np.float64)
