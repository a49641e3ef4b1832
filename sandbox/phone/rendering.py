"""Pictures of a head at a pose, in the light of the room and of the screen."""

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.expression import Expression
from sandbox.phone.head import HEIGHT, WIDTH, Head
from sandbox.phone.landmarks import Picture, Points
from sandbox.phone.lighting import COARSE, Lighting, brightened
from sandbox.phone.pose import Pose
from sandbox.phone.projection import Flat, rotation
from sandbox.phone.raster import Map, Raster
from sandbox.phone.setting import INDOORS, Setting
from sandbox.phone.shine import DARK, Shine


class Subject(Protocol):
    """What stands before the camera."""

    def picture(self, pose: Pose, shine: Shine = DARK, /) -> Picture:
        """Return the frame at that pose while the screen shines so, without the sensor's noise."""
        ...


class HeadSubject:
    """A person: turns, blinks, speaks and comes nearer; what stands behind stays where it is."""

    def __init__(self, head: Head, *, setting: Setting = INDOORS) -> None:
        """Prepare what no pose changes."""
        self._head = head
        self._setting = setting
        self._expression = Expression(head)
        self._lighting = Lighting(head, setting)
        self._raster = Raster(head.triangles)

    def picture(self, pose: Pose, shine: Shine = DARK) -> Picture:
        """Return the frame at that pose; the portrait's own turn is taken back."""
        head, moving = self._head, self._head.moving
        solid = self._expression.made(head.solid, pose)
        solid[:moving] = solid[:moving] @ rotation(pose).T
        still = self._still(pose)
        screen = self._seen(solid, pose, still)
        texture = self._expression.texture(pose)
        places = self._raster.drawn(screen=screen, depth=solid[:, 2], texture=texture, still=still)
        seen = cv2.remap(head.picture, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        frame = np.asarray(seen, np.uint8)
        self._expression.painted(frame, screen, pose)
        lit = brightened(frame, self._lighting.factor(_coarse(places), pose, shine))
        self._lighting.glint(lit, screen, pose, shine)
        return lit

    def _still(self, pose: Pose) -> NDArray[np.float64]:
        """Return the 2 × 3 map of what holds still: the hand's tremor, and nearer, larger."""
        setting = self._setting
        away = setting.distance_cm + setting.wall_cm
        zoom = away / (away - pose.nearer * setting.distance_cm)
        x, y = (1 - zoom) * self._head.lens.pivot[:2] + (pose.dx, pose.dy)
        return np.asarray(((zoom, 0, x), (0, zoom, y)), np.float64)

    def _seen(self, solid: Points, pose: Pose, still: NDArray[np.float64]) -> Flat:
        """Return where the vertices appear."""
        lens, moving = self._head.lens, self._head.moving
        near = lens.project(lens.approached(solid[:moving], pose.nearer))
        behind = lens.project(solid[moving:]) @ still[:, :2].T + still[:, 2]
        tremor = np.asarray((pose.dx, pose.dy))
        return np.vstack((near + tremor, behind))


def shifted(picture: Picture, pose: Pose) -> Picture:
    """Return the picture moved by the tremor of the hand that holds the phone."""
    move = np.asarray(((1, 0, pose.dx), (0, 1, pose.dy)), np.float64)
    moved = cv2.warpAffine(picture, move, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def _coarse(places: Map) -> Map:
    """Return the map for every so many pixels, in coarse pixels."""
    middle = np.s_[COARSE // 2 :: COARSE, COARSE // 2 :: COARSE]
    step, half = np.float32(COARSE), np.float32(0.5)
    columns, rows = (axis[middle] / step - half for axis in places)
    return columns, rows
