"""The screen as a lamp: how much of each quadrant's light arrives at a place that faces somewhere.

Coordinates are the scene's: x to the picture's right, y down, z away from the camera, pixels of the
frame, 0 at the point a head turns about.
"""

import numpy as np
from numpy.typing import NDArray

from sandbox.phone.landmarks import Points
from sandbox.phone.projection import Lens
from sandbox.phone.setting import Setting

FACE_CM = 15.0
"""How wide a face is; gives the scale."""
_FINE = 2  # a quadrant is this many small lamps either way


class Lamp:
    """A device's screen at its place before the face."""

    def __init__(self, setting: Setting, lens: Lens) -> None:
        """Put the screen below the lens."""
        device, unit = setting.device, lens.face_width / FACE_CM
        across = (np.arange(2 * _FINE) + 0.5) / (2 * _FINE)
        # What the person sees on the left is on their own left: on the picture's right.
        x = device.width * (0.5 - across)
        y = device.gap + device.height * across
        places = np.stack(np.meshgrid(x, y), axis=-1)
        quadrants = places.reshape(2, _FINE, 2, _FINE, 2).swapaxes(1, 2).reshape(-1, 2)
        away = np.full(len(quadrants), -float(lens.pivot[2]) - setting.distance_cm * unit)
        self._at = np.column_stack((quadrants * unit, away))

    def arriving(self, at: Points, normals: Points) -> NDArray[np.float64]:
        """Return the irradiance (Lambert, both ends) at N places with N × 3 unit normals: N × 4.

        Columns: upper left, upper right, lower left, lower right, as the person sees the screen.
        The unit is arbitrary, the same for all places.
        """
        way = at[:, None] - self._at
        squared = (way**2).sum(axis=2)
        facing = np.maximum(0, -np.einsum("nlk,nk->nl", way, normals))
        leaving = np.maximum(0, way[..., 2])
        arriving = facing * leaving / squared**2
        return np.asarray(arriving.reshape(len(at), 4, -1).mean(axis=2), np.float64)
