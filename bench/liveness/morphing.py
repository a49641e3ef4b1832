"""New faces out of two: shape and texture in between, and a smooth deformation on top.

Two portraits are laid over each other by their eyes, their 468 points are averaged and moved a
little, and each picture is warped there by a thin-plate spline (Bookstein, 1989, IEEE PAMI 11,
567). Inside the face the colours are mixed; hair and background are the first parent's.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.landmarks import LEFT_EYE, RIGHT_EYE, LandmarkNet, Picture

Flat = NDArray[np.float64]
"""N × 2 pixels."""

WIDTH, HEIGHT = 480, 600
"""The canvas portraits are laid on."""
_EYES = ((176.0, 270.0), (304.0, 270.0))  # outer corners, where every portrait has them
_GRID = 8  # the spline is evaluated at every so many pixels and interpolated between
_SOFT = 15.0  # pixels over which the mixed face fades into the first parent
_BUMPS, _BUMP_SIZE, _BUMP_REACH = 6, 0.025, 0.25  # of the face's width
_STIFF = 1e-3


def morph(
    first: Picture, second: Picture, *, share: float, net: LandmarkNet, rng: np.random.Generator
) -> Picture:
    """Return a new person's portrait, HEIGHT × WIDTH × 3.

    Args:
        first: A portrait; also gives hair and background.
        second: Another; the same one gives a relative.
        share: The first one's part, 0..1.
        net: Finds the points.
        rng: Of the smooth deformation.

    Raises:
        NoFaceError: A portrait shows no face.
    """
    one, other = laid(first, net), laid(second, net)
    a, b = net.points(one)[:, :2], net.points(other)[:, :2]
    shape = deformed(share * a + (1 - share) * b, rng)
    mask = _mask(shape)
    ours, theirs = _warped(one, a, shape), _warped(other, b, shape)
    theirs *= _mean(ours, mask) / np.maximum(_mean(theirs, mask), 1.0)
    mixed = ours + mask * (1 - share) * (theirs - ours)
    return np.asarray(np.clip(np.rint(mixed), 0, 255), np.uint8)


def laid(portrait: Picture, net: LandmarkNet) -> Picture:
    """Return a portrait turned, scaled and moved so that its eyes have their usual place."""
    points = net.points(portrait)
    (x0, y0), (x1, y1) = points[RIGHT_EYE, :2], points[LEFT_EYE, :2]
    (u0, v0), (u1, v1) = _EYES
    factor = complex(u1 - u0, v1 - v0) / complex(x1 - x0, y1 - y0)
    shift = complex(u0, v0) - factor * complex(x0, y0)
    matrix = np.asarray(
        ((factor.real, -factor.imag, shift.real), (factor.imag, factor.real, shift.imag))
    )
    way = cv2.INTER_AREA if abs(factor) < 1 else cv2.INTER_CUBIC
    canvas = cv2.warpAffine(
        portrait, matrix, (WIDTH, HEIGHT), flags=way, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(canvas, np.uint8)


def deformed(points: Flat, rng: np.random.Generator) -> Flat:
    """Return points moved by a few wide bumps: another skull, no torn skin."""
    width = float(np.ptp(points[:, 0]))
    centers = points[rng.integers(0, len(points), _BUMPS)]
    pushes = rng.normal(0, _BUMP_SIZE * width, (_BUMPS, 2))
    apart = ((points[:, None] - centers) ** 2).sum(axis=2)
    near = np.exp(-apart / (2 * (_BUMP_REACH * width) ** 2))
    return np.asarray(points + near @ pushes, np.float64)


def _warped(picture: Picture, at: Flat, to: Flat) -> NDArray[np.float32]:
    """Return the picture whose points `at` have moved `to`, float."""
    edge = np.asarray([(x, y) for x in (0, WIDTH / 2, WIDTH) for y in (0, HEIGHT / 2, HEIGHT)])
    rim = edge[[0, 1, 2, 3, 5, 6, 7, 8]]
    x, y = np.meshgrid(np.arange(0, WIDTH + _GRID, _GRID), np.arange(0, HEIGHT + _GRID, _GRID))
    grid = np.column_stack((x.ravel(), y.ravel())).astype(np.float64)
    moved = _spline(np.vstack((to, rim)), np.vstack((at, rim)), grid) - grid
    field = moved.reshape(*x.shape, 2).astype(np.float32)
    columns, rows = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT))
    where = np.dstack((columns, rows)).astype(np.float32) / _GRID
    wide = cv2.remap(field, where[..., 0], where[..., 1], cv2.INTER_LINEAR)
    return np.asarray(
        cv2.remap(
            picture.astype(np.float32),
            np.asarray(columns + wide[..., 0], np.float32),
            np.asarray(rows + wide[..., 1], np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        np.float32,
    )


def _spline(knots: Flat, values: Flat, at: Flat) -> Flat:
    """Interpolate `values` at `knots` by a thin-plate spline, slightly smoothed; read it `at`."""
    count = len(knots)
    flat = np.column_stack((np.ones(count), knots))
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _bend(knots, knots) + _STIFF * WIDTH**2 * np.eye(count)
    system[:count, count:], system[count:, :count] = flat, flat.T
    weights = np.linalg.solve(system, np.vstack((values, np.zeros((3, 2)))))
    there = np.hstack((_bend(at, knots), np.ones((len(at), 1)), at))
    return np.asarray(there @ weights, np.float64)


def _bend(one: Flat, other: Flat) -> NDArray[np.float64]:
    squared = ((one[:, None] - other) ** 2).sum(axis=2)
    return np.asarray(squared * np.log(np.maximum(squared, 1e-9)) / 2, np.float64)


def _mask(points: Flat) -> NDArray[np.float32]:
    hull = cv2.convexHull(points.astype(np.float32)).reshape(-1, 2)
    middle = hull.mean(axis=0)
    inner = np.rint(middle + 0.94 * (hull - middle)).astype(np.int32)
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.fillConvexPoly(mask, inner, 1.0)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), _SOFT)[..., None], np.float32)


def _mean(picture: NDArray[np.float32], mask: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((picture * mask).sum(axis=(0, 1)) / mask.sum(), np.float32)
