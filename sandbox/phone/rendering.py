"""Pictures of a head at a pose."""

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.head import HEIGHT, WIDTH, Head
from sandbox.phone.landmarks import Picture
from sandbox.phone.pose import Pose
from sandbox.phone.projection import Flat, rotation

_SUBPIXEL_BITS = 4
_EDGE_ON = 1e-6  # double area in pixels below which a triangle shows nothing


class Subject(Protocol):
    """What stands before the camera."""

    def picture(self, pose: Pose) -> Picture:
        """Return the frame at that pose, without the sensor's noise."""
        ...


class HeadSubject:
    """A person: the near side hides the far side, the background stays where it is.

    Each frame pixel is given the triangle that covers it (far ones first, so that near ones
    win), then its place in the portrait by that triangle's affine map, and one ``cv2.remap``
    fetches the colours.
    """

    def __init__(self, head: Head) -> None:
        """Prepare what no pose changes."""
        self._head = head
        grid = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
        self._columns, self._rows = (axis.astype(np.float32) for axis in grid)

    def picture(self, pose: Pose) -> Picture:
        """Return the frame at that pose; the portrait's own turn is taken back."""
        head = self._head
        solid = head.solid.copy()
        solid[: head.moving] = solid[: head.moving] @ rotation(pose).T
        screen = head.lens.project(solid)
        far_first = np.argsort(-solid[head.triangles, 2].mean(axis=1))
        triangles = head.triangles[far_first]
        owner = _covered(screen, triangles)
        columns, rows = self._sources(owner, _affine(screen[triangles], head.texture[triangles]))
        still = cv2.remap(
            head.picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return shifted(np.asarray(still, np.uint8), pose)

    def _sources(
        self, owner: NDArray[np.int32], affine: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return for each frame pixel the column and the row of the portrait it shows."""
        x, y, width, height = cv2.boundingRect(np.asarray(owner > 0, np.uint8))
        part = np.s_[y : y + height, x : x + width]
        at_column, at_row = self._columns[part], self._rows[part]
        own = affine[owner[part]]
        columns, rows = self._columns.copy(), self._rows.copy()
        columns[part] = own[..., 0] * at_column + own[..., 1] * at_row + own[..., 2]
        rows[part] = own[..., 3] * at_column + own[..., 4] * at_row + own[..., 5]
        return columns, rows


def shifted(picture: Picture, pose: Pose) -> Picture:
    """Return the picture moved by the tremor of the hand that holds the phone."""
    move = np.asarray(((1, 0, pose.dx), (0, 1, pose.dy)), np.float64)
    moved = cv2.warpAffine(picture, move, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def _covered(screen: Flat, ordered: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return for each pixel 1 + the index of the triangle in front, or 0."""
    owner = np.zeros((HEIGHT, WIDTH), np.int32)
    corners = np.round(screen[ordered] * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    for index, triangle in enumerate(corners, start=1):
        cv2.fillConvexPoly(owner, triangle, index, shift=_SUBPIXEL_BITS)
    return owner


def _affine(screen: NDArray[np.float64], texture: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return (T + 1) × 6 coefficients from screen to texture; row 0 is the identity."""
    corners = np.dstack((screen, np.ones(screen.shape[:2])))
    thin = np.abs(np.linalg.det(corners)) < _EDGE_ON
    corners[thin] = np.eye(3)
    solved = np.linalg.solve(corners, texture).transpose(0, 2, 1)
    identity = np.asarray((1, 0, 0, 0, 1, 0), np.float32)
    return np.vstack((identity, solved.reshape(-1, 6))).astype(np.float32)
