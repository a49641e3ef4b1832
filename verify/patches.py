"""Where on a face light is measured: 36 places of bare skin, named by mesh points."""

import numpy as np
from numpy.typing import NDArray

SKIN = np.array(
    [
        *(10, 67, 297, 69, 299, 108, 337, 151, 9),  # forehead
        *(195, 5, 4, 48, 278, 45, 275),  # nose: bridge, tip, sides
        *(50, 280, 118, 347, 101, 330, 205, 425, 187, 411, 123, 352, 36, 266),  # cheeks
        *(199, 175, 210, 430, 164, 212),  # chin, jaw, upper lip
    ],
)
"""36 mesh points."""
COUNT = len(SKIN)
_NEIGHBOURS = 10
"""Mesh points that span a patch's plane: about one centimetre around it."""


def centres(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the 36 places of a mesh, 36 × 3, in the mesh's own unit."""
    return np.asarray(points[SKIN], np.float64)


def normals(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return which way the skin faces at the 36 places: 36 × 3 unit vectors, out of the head.

    A plane is laid through each place's nearest mesh points (smallest singular vector) and turned
    towards the camera: x to the picture's right, y downwards, z away from the camera.
    """
    solid = np.asarray(points, np.float64)
    away = ((solid[SKIN][:, None] - solid) ** 2).sum(axis=2)
    near = solid[np.argpartition(away, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]]
    spread = near - near.mean(axis=1, keepdims=True)
    _, _, axes = np.linalg.svd(spread, full_matrices=False)
    normal = axes[:, -1]
    return np.asarray(normal * np.where(normal[:, 2:] > 0, -1.0, 1.0))
