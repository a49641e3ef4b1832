"""Portraits that look aside: the half of the face they hide is taken from the half they show.

What lies behind a turned face's outline is no skin but hair or wall, and a mesh laid there turns a
stripe of it into a cheek. No head looks so, and no camera ever saw one.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.head import HEIGHT, WIDTH, head_from
from sandbox.phone.landmarks import LandmarkNet, Picture
from sandbox.phone.mesh import MIDLINE
from sandbox.phone.pose import Pose
from sandbox.phone.projection import Flat, rotation
from sandbox.phone.rendering import HeadSubject
from sandbox.phone.setting import Setting

_BOTH_SEEN = 15.0  # degrees; up to there a portrait shows both cheeks
_SHOWN = 0.3  # face widths beyond its middle up to where a face that looks aside is still seen
_SEAM = 16.0  # pixels over which what is seen fades into the mirror
_PLAIN = Setting(ratio=0.0, level=1.0)


def whole(portrait: Picture, *, net: LandmarkNet) -> Picture:
    """Return the portrait, or, if it looks aside, a frontal one of its nearer half and its mirror.

    Raises:
        NoFaceError: the portrait shows no face.
    """
    head = head_from(portrait, net=net)
    if abs(head.aside) <= _BOTH_SEEN:
        return portrait
    pose = Pose(yaw=head.straight)
    frontal = HeadSubject(head, setting=_PLAIN).picture(pose)
    seen = head.lens.project(head.solid[list(MIDLINE)] @ rotation(pose).T)
    edge = _SHOWN * head.lens.face_width
    return _doubled(frontal, seen, edge, right=head.aside > 0)


def _doubled(frontal: Picture, midline: Flat, edge: float, *, right: bool) -> Picture:
    """Return the picture with one side, the picture's right or left one, mirrored from the other.

    Args:
        frontal: HEIGHT × WIDTH × 3.
        midline: The face's highest and lowest point, 2 × 2.
        edge: How far beside that line the side begins, pixels.
        right: Which side is hidden.
    """
    top, foot = midline
    along = (foot - top) / np.linalg.norm(foot - top)
    across = np.asarray((along[1], -along[0]))  # to the picture's right
    mirror = np.eye(2) - 2 * np.outer(across, across)
    matrix = np.column_stack((mirror, top - mirror @ top))
    other = cv2.warpAffine(frontal, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    way = across if right else -across
    share = _beyond(top + edge * way, way)
    mixed = frontal + share[..., None] * (other.astype(np.float32) - frontal)
    return np.asarray(np.rint(mixed), np.uint8)


def _beyond(point: NDArray[np.float64], way: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return how far each pixel lies beyond the line through a point, 0..1, square to ``way``."""
    columns, rows = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    distance = (columns - point[0]) * way[0] + (rows - point[1]) * way[1]
    return np.asarray(np.clip(0.5 + distance / _SEAM, 0, 1), np.float32)
