"""The shape the light falls on: not quite the one that is drawn.

A judge that reads a face's shape off the picture must not find exactly the shape the light was
computed with, or it would be asked about its own answers. So the relief has another depth and
smooth bumps of its own, the same for the same head.
"""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sandbox.phone.head import Head
from sandbox.phone.landmarks import Points
from sandbox.phone.mesh import WHOLE_FACE

_DEPTHS = (0.85, 1.15)
_BUMPS = 4
_BUMP_HEIGHT = 0.012  # standard deviation, face widths; with these waves about 8 degrees of slope
_BUMP_WAVES = (0.4, 1.0)  # lengths, face widths
_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """Places and normals of a head's moving vertices, in the head's own frame."""

    at: Points
    """M × 3."""
    normals: Points
    """M × 3, unit, out of the head."""
    areas: NDArray[np.float64]
    """M: how much surface each vertex stands for; 0 beyond the face."""


def relief_of(head: Head) -> Relief:
    """Return the head's relief."""
    at = _reshaped(head)
    corners = at[head.triangles]
    crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    crossed *= np.where(crossed[:, 2:] > 0, -1.0, 1.0)
    normals = np.zeros_like(at)
    areas = np.zeros(len(at))
    sizes = np.linalg.norm(crossed, axis=1)
    for corner in range(3):
        np.add.at(normals, head.triangles[:, corner], crossed)
        np.add.at(areas, head.triangles[:, corner], sizes)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + _TINY
    areas[WHOLE_FACE:] = 0
    moving = head.moving
    return Relief(at=at[:moving], normals=normals[:moving], areas=areas[:moving])


def _reshaped(head: Head) -> Points:
    """Return all vertices with the depth scaled and bumps added, the same for the same head."""
    rng = np.random.default_rng(zlib.crc32(head.solid.astype(np.float32).tobytes()))
    width = head.lens.face_width
    at = head.solid.copy()
    at[:, 2] *= rng.uniform(*_DEPTHS)
    for _ in range(_BUMPS):
        way = rng.normal(size=2)
        way *= 2 * np.pi / (np.linalg.norm(way) * rng.uniform(*_BUMP_WAVES) * width)
        height = rng.normal(0, _BUMP_HEIGHT / np.sqrt(_BUMPS) * width)
        at[:, 2] += height * np.sin(at[:, :2] @ way + rng.uniform(0, 2 * np.pi))
    return at
