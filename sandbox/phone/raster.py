"""Which place of a portrait each pixel of the frame shows."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.head import HEIGHT, WIDTH
from sandbox.phone.projection import Flat

Map = tuple[NDArray[np.float32], NDArray[np.float32]]
"""For each pixel the column and the row it shows."""

_SUBPIXEL_BITS = 4
_EDGE_ON = 0.02  # double area in pixels below which a triangle shows nothing


class Raster:
    """Draws triangles: the near side hides the far side.

    Each frame pixel is given the triangle that covers it (far ones first, so that near ones
    win), then its place in the portrait by that triangle's affine map.
    """

    def __init__(self, triangles: NDArray[np.int64]) -> None:
        """Take T × 3 vertex numbers."""
        self._triangles = triangles
        grid = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
        self._columns, self._rows = (axis.astype(np.float32) for axis in grid)

    def drawn(
        self,
        *,
        screen: Flat,
        depth: NDArray[np.float64],
        texture: Flat,
        still: NDArray[np.float64],
    ) -> Map:
        """Return the map of the whole frame.

        Args:
            screen: Where the vertices appear, V × 2.
            depth: How far away they are, V.
            texture: Where they find their colours, V × 2.
            still: 2 × 3, from portrait to frame, where no triangle is.
        """
        far_first = np.argsort(-depth[self._triangles].mean(axis=1))
        triangles = _broad(screen, self._triangles[far_first])
        owner = _covered(screen, triangles)
        back = cv2.invertAffineTransform(still)
        affine = _affine(screen[triangles], texture[triangles])
        affine[0] = back.ravel()
        x, y, width, height = cv2.boundingRect(np.asarray(owner > 0, np.uint8))
        part = np.s_[y : y + height, x : x + width]
        inside = owner[part].astype(np.intp)
        columns, rows = (
            self._filled(own, part, inside, beside)
            for own, beside in zip(affine.T.reshape(2, 3, -1), back.astype(np.float32), strict=True)
        )
        return columns, rows

    def _filled(
        self,
        own: NDArray[np.float32],
        part: tuple[slice, slice],
        owner: NDArray[np.intp],
        beside: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Return one axis of the map from 3 × (T + 1) coefficients."""
        places: NDArray[np.float32] = self._columns * beside[0]
        places += self._rows * beside[1] + beside[2]
        # `take` that need not check is four times as fast as indexing.
        scale, slant, start = (row.take(owner, mode="clip") for row in own)
        inside = scale * self._columns[part]
        inside += slant * self._rows[part]
        inside += start
        places[part] = inside
        return places


def _broad(screen: Flat, triangles: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the triangles that are not seen edge on."""
    corners = screen[triangles]
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    double = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    return triangles[np.abs(double) > _EDGE_ON]


def _covered(screen: Flat, ordered: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return for each pixel 1 + the index of the triangle in front, or 0."""
    owner = np.zeros((HEIGHT, WIDTH), np.int32)
    corners = np.round(screen[ordered] * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    for index, triangle in enumerate(corners, start=1):
        cv2.fillConvexPoly(owner, triangle, index, shift=_SUBPIXEL_BITS)
    return owner


def _affine(screen: NDArray[np.float64], texture: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return (T + 1) × 6 coefficients from screen to texture; row 0 is left for what is still."""
    corners = np.dstack((screen, np.ones(screen.shape[:2])))
    coefficients = np.zeros((len(screen) + 1, 6), np.float32)
    solved = np.linalg.solve(corners, texture).transpose(0, 2, 1)
    coefficients[1:] = solved.reshape(-1, 6)
    return coefficients
