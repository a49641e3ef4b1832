"""A print of somebody's face, held before the camera in the face's place."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.head import HEIGHT, WIDTH
from sandbox.phone.landmarks import Picture
from sandbox.phone.pose import Pose
from sandbox.phone.projection import Lens, rotation
from sandbox.phone.rendering import shifted

_SWING = 1.5  # a hand turns a print further than a person turns the head


class FlatPhotograph:
    """A print held before the lens and turned by hand: the head's motion, but no depth.

    Seen at a pose it is a homography of the print, with true perspective; the wall behind it
    shows at the edge that swings away.
    """

    def __init__(self, print_: Picture, *, lens: Lens) -> None:
        """Take the print (HEIGHT × WIDTH × 3) and the lens of the head it imitates."""
        self._print = print_
        middle = np.asarray((WIDTH / 2, HEIGHT / 2, 0.0))
        self._lens = replace(lens, pivot=middle)
        self._corners = np.asarray(((0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)), np.float64)
        self._wall = cv2.GaussianBlur(cv2.convertScaleAbs(print_, alpha=0.5, beta=60), (0, 0), 40)

    def homography(self, pose: Pose) -> NDArray[np.float64]:
        """Return the 3 × 3 map from the print to the frame, without the hand's tremor."""
        swung = replace(pose, yaw=pose.yaw * _SWING)
        solid = self._lens.lift(self._corners, np.zeros(4)) @ rotation(swung).T
        seen = self._lens.project(solid)
        matrix = cv2.getPerspectiveTransform(
            self._corners.astype(np.float32), seen.astype(np.float32)
        )
        return np.asarray(matrix, np.float64)

    def picture(self, pose: Pose) -> Picture:
        """Return the frame at that pose."""
        frame = cv2.warpPerspective(
            self._print,
            self.homography(pose),
            (WIDTH, HEIGHT),
            dst=self._wall.copy(),
            borderMode=cv2.BORDER_TRANSPARENT,
        )
        return shifted(np.asarray(frame, np.uint8), pose)
