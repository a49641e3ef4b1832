"""A print of somebody's face, held before the camera in the face's place."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.head import HEIGHT, WIDTH
from sandbox.phone.lamp import Lamp
from sandbox.phone.landmarks import Picture
from sandbox.phone.lighting import COARSE, brightened, in_values, wall_share
from sandbox.phone.pose import Pose
from sandbox.phone.projection import Lens, rotation
from sandbox.phone.rendering import shifted
from sandbox.phone.setting import INDOORS, Setting
from sandbox.phone.shine import DARK, Shine

_SWING = 1.5  # a hand turns a print further than a person turns the head
_PATCHES = (16, 12)  # places of the print, down and across, at which its light is worked out
_SCALE = np.diag((1 / COARSE, 1 / COARSE, 1.0))


class FlatPhotograph:
    """A print held before the lens and turned by hand: the head's motion, but no depth.

    Seen at a pose it is a homography of the print, with true perspective; the wall behind it
    shows at the edge that swings away. It faces the screen everywhere alike, and what was printed
    behind the face brightens as the face does.
    """

    def __init__(self, print_: Picture, *, lens: Lens, setting: Setting = INDOORS) -> None:
        """Take the print (HEIGHT × WIDTH × 3) and the lens of the head it imitates."""
        self._print = print_
        self._setting = setting
        middle = np.asarray((WIDTH / 2, HEIGHT / 2, 0.0))
        self._lens = replace(lens, pivot=middle)
        self._lamp = Lamp(setting, self._lens)
        self._corners = np.asarray(((0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)), np.float64)
        self._patches = self._lens.lift(_grid(), np.zeros(_PATCHES[0] * _PATCHES[1]))
        self._white = float(self._arriving(Pose()).sum(axis=1).mean())
        self._wall = cv2.GaussianBlur(cv2.convertScaleAbs(print_, alpha=0.5, beta=60), (0, 0), 40)

    def homography(self, pose: Pose) -> NDArray[np.float64]:
        """Return the 3 × 3 map from the print to the frame, without the hand's tremor."""
        solid = self._lens.lift(self._corners, np.zeros(4)) @ _swung(pose).T
        seen = self._lens.project(self._lens.approached(solid, pose.nearer))
        matrix = cv2.getPerspectiveTransform(
            self._corners.astype(np.float32), seen.astype(np.float32)
        )
        return np.asarray(matrix, np.float64)

    def picture(self, pose: Pose, shine: Shine = DARK) -> Picture:
        """Return the frame at that pose; lids and lips of a print do not move."""
        matrix = self.homography(pose)
        frame = cv2.warpPerspective(
            self._print,
            matrix,
            (WIDTH, HEIGHT),
            dst=self._wall.copy(),
            borderMode=cv2.BORDER_TRANSPARENT,
        )
        lit = brightened(np.asarray(frame, np.uint8), self._factor(matrix, pose, shine))
        return shifted(lit, pose)

    def _factor(self, matrix: NDArray[np.float64], pose: Pose, shine: Shine) -> NDArray[np.float32]:
        """Return by what the coarse frame's values grow, … × 3."""
        size = (WIDTH // COARSE, HEIGHT // COARSE)
        gains = self._arriving(pose) / self._white @ shine.quadrants.reshape(4, 3)
        gains = gains.reshape(*_PATCHES, 3) * self._setting.ratio
        wall = self._setting.ratio * wall_share(self._setting) * shine.mean
        seen = cv2.warpPerspective(
            cv2.resize(gains.astype(np.float32), size),
            np.linalg.multi_dot((_SCALE, matrix, np.linalg.inv(_SCALE))),
            size,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=wall.tolist(),
        )
        return in_values(np.asarray(seen, np.float32), self._setting)

    def _arriving(self, pose: Pose) -> NDArray[np.float64]:
        turn = _swung(pose).T
        facing = np.broadcast_to(np.asarray((0, 0, -1)) @ turn, self._patches.shape)
        return self._lamp.arriving(self._patches @ turn, facing)


def _swung(pose: Pose) -> NDArray[np.float64]:
    return rotation(replace(pose, yaw=pose.yaw * _SWING))


def _grid() -> NDArray[np.float64]:
    """Return the print's places, row by row, N × 2 pixels."""
    down, across = _PATCHES
    x = (np.arange(across) + 0.5) * WIDTH / across
    y = (np.arange(down) + 0.5) * HEIGHT / down
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
