"""The geometry between a solid head and the phone's screen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sandbox.phone.landmarks import Points
from sandbox.phone.pose import Pose

Flat = NDArray[np.float64]
"""N × 2 pixels of the frame."""

_CAMERA_DISTANCE = 3.0  # in face widths: 45 cm before a face 15 cm wide


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """A pinhole before a point of the scene.

    Solid coordinates are relative to ``pivot``, the point a head turns about; a solid point in
    the plane ``z = -pivot z`` appears at its own x and y.
    """

    pivot: NDArray[np.float64]
    face_width: float

    def project(self, solid: Points) -> Flat:
        """Return where solid points appear, N × 2."""
        return solid[:, :2] / self._closeness(solid[:, 2]) + self.pivot[:2]

    def lift(self, flat: Flat, depth: NDArray[np.float64]) -> Points:
        """Return the solid points that appear at ``flat``, ``depth`` behind the eyes' plane."""
        z = depth - self.pivot[2]
        return np.column_stack(((flat - self.pivot[:2]) * self._closeness(z), z))

    def approached(self, solid: Points, share: float) -> Points:
        """Return solid points moved by a share of the way from the eyes' plane to the camera."""
        return solid - (0, 0, share * _CAMERA_DISTANCE * self.face_width)

    def _closeness(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        closeness = 1 + (z + self.pivot[2]) / (_CAMERA_DISTANCE * self.face_width)
        return np.asarray(closeness[:, None], np.float64)


def rotation(pose: Pose) -> NDArray[np.float64]:
    """Return the 3 × 3 rotation of a pose, for column vectors (x right, y down, z away)."""
    yaw, pitch, roll = np.radians((pose.yaw, pose.pitch, pose.roll))
    sin, cos = np.sin, np.cos
    around_y = ((cos(yaw), 0, -sin(yaw)), (0, 1, 0), (sin(yaw), 0, cos(yaw)))
    around_x = ((1, 0, 0), (0, cos(pitch), sin(pitch)), (0, -sin(pitch), cos(pitch)))
    around_z = ((cos(roll), -sin(roll), 0), (sin(roll), cos(roll), 0), (0, 0, 1))
    turns = [np.asarray(turn, np.float64) for turn in (around_z, around_x, around_y)]
    whole: NDArray[np.float64] = np.linalg.multi_dot(turns)
    return whole
