"""Pose and shape from mesh points: numpy only, so that judging needs no OpenCV."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.floating]

_STEP = 16.0
_LATERAL = np.array(
    [(33, 263), (133, 362), (234, 454), (127, 356), (61, 291), (129, 358), (70, 300)]
).T
"""Pairs of mirrored points: the person's right ones, the person's left ones."""
_VERTICAL = np.array([(10, 152), (9, 164), (151, 199)]).T
"""Pairs on the midline: upper ones, lower ones."""
_EYES = ((33, 133), (263, 362))
RIGID = np.array(
    [
        *(1, 2, 4, 5, 6, 8, 9, 10, 19, 33, 36, 45, 48, 50, 63, 66, 67, 69, 70, 94, 97, 98),
        *(100, 101, 102, 103, 105, 107, 108, 109, 115, 116, 117, 118, 123, 129, 133, 151),
        *(168, 187, 195, 197, 205, 220, 263, 266, 275, 278, 280, 293, 296, 297, 299, 300),
        *(326, 327, 329, 330, 331, 332, 334, 336, 337, 338, 344, 345, 346, 347, 352, 358),
        *(362, 411, 425, 440),
    ],
)
"""Forehead, nose, corners of the eyes, cheeks: what neither speech nor a blink moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parallax:
    """How a face's features shifted against one another."""

    residual: float
    """Root mean square of what no homography explains, in eye distances.

    Heads measured 0.045 at 14 degrees and 0.09 at 25. Portraits turned flat measured 0.003..0.013
    at 12, up to 0.025 at 28, but up to 0.14 at 60, where the net no longer follows the picture:
    by itself this tells a head from a picture only while the picture is not held steeply."""
    agreement: float
    """Correlation of the residuals with those of the person's own shape turned in space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Degrees; yaw positive to the person's left, pitch positive downwards."""

    yaw: float
    pitch: float
    roll: float


def points_of(mesh: bytes) -> Points:
    """Return 468 × 3 pixels from `FaceMeasurement.mesh`."""
    return np.frombuffer(mesh, "<i2").reshape(-1, 3).astype(np.float64) / _STEP


def edges(points: Points) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the points as seen in the picture.

    Axis by axis: numpy takes four times as long to reduce the first axis of both together.
    """
    x, y = points[:, 0], points[:, 1]
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def pose(points: Points) -> Pose:
    """Return the pose of one mesh from the directions of its mirrored and midline pairs."""
    across = _direction(points, _LATERAL)
    down = _direction(points, _VERTICAL)
    return Pose(
        yaw=float(np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))),
        pitch=float(np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1])))),
        roll=float(np.degrees(np.arctan2(across[1], across[0]))),
    )


def eyes(points: Points) -> tuple[Points, Points]:
    """Return the centres of the person's right and left eye in the picture plane, x and y."""
    right, left = ((points[outer, :2] + points[inner, :2]) / 2 for outer, inner in _EYES)
    return right, left


def eye_distance(points: Points) -> float:
    """Return the distance of the eyes' centres in the picture plane."""
    right, left = eyes(points)
    return float(np.hypot(*(left - right)))


def nose_offset(points: NDArray[np.float32]) -> float:
    """Return the nose tip of the detector's five points along the line of the eyes.

    In eye distances from their middle; `atan2(offset, 0.55)` follows the mesh's yaw with a
    correlation of 0.96. It is invariant to how a flat picture is held, and comes from another net
    than the mesh, so the two check each other.
    """
    right, left, nose = (points[row].astype(np.float64) for row in range(3))
    across = left - right
    return float((nose - (left + right) / 2) @ across / max(float(across @ across), 1e-9))


def rest_shape(meshes: Sequence[Points]) -> NDArray[np.float64]:
    """Return the mean of several meshes of a face that holds still, centred."""
    centred = [points - points[RIGID].mean(axis=0) for points in meshes]
    return np.asarray(np.mean(centred, axis=0), np.float64)


def parallax(rest: Points, turned: Points) -> Parallax:
    """Compare a turned face with the same face at rest."""
    a, b = rest[RIGID], turned[RIGID]
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    # Size in space does not change with the pose, so it takes distance to the camera out.
    b = b * (np.linalg.norm(a) / max(float(np.linalg.norm(b)), 1e-9))
    seen = _unexplained(a[:, :2], b[:, :2])
    expected = _unexplained(a[:, :2], (a @ _rotation(a, b))[:, :2])
    scale = float(np.linalg.norm(seen) * np.linalg.norm(expected))
    return Parallax(
        residual=float(np.sqrt((seen**2).sum(axis=1).mean())) / max(eye_distance(rest), 1e-9),
        agreement=float((seen * expected).sum()) / max(scale, 1e-9),
    )


def _rotation(a: Points, b: Points) -> NDArray[np.float64]:
    """Return the rotation R with a·R nearest to b (Kabsch)."""
    u, _, vt = np.linalg.svd(a.T @ b)
    return np.asarray(u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt)


def _unexplained(a: Points, b: Points) -> NDArray[np.float64]:
    """Return b minus the best homography of a (direct linear transform, normalised points)."""
    unit_a, from_a = _normalised(a)
    unit_b, from_b = _normalised(b)
    ones, zeros = np.ones((len(a), 1)), np.zeros((len(a), 3))
    source = np.hstack([unit_a, ones])
    rows = np.vstack(
        [
            np.hstack([source, zeros, -unit_b[:, :1] * source]),
            np.hstack([zeros, source, -unit_b[:, 1:] * source]),
        ],
    )
    _, _, vt = np.linalg.svd(rows, full_matrices=False)
    homography = np.linalg.inv(from_b) @ vt[-1].reshape(3, 3) @ from_a
    mapped = np.hstack([a, ones]) @ homography.T
    return np.asarray(b - mapped[:, :2] / mapped[:, 2:])


def _normalised(points: Points) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points moved to the origin with mean distance √2, and the 3 × 3 map that did it."""
    centre = points.mean(axis=0)
    scale = np.sqrt(2) / max(float(np.linalg.norm(points - centre, axis=1).mean()), 1e-9)
    move = np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])
    return np.asarray((points - centre) * scale, np.float64), move


def _direction(points: Points, pairs: NDArray[np.int64]) -> Points:
    start, end = pairs
    return np.asarray((points[end] - points[start]).mean(axis=0))
