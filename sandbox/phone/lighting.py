"""How a head and what is behind it brighten when the screen does."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.head import HEIGHT, WIDTH, Head
from sandbox.phone.lamp import Lamp
from sandbox.phone.landmarks import Picture
from sandbox.phone.mesh import EYES
from sandbox.phone.pose import Pose
from sandbox.phone.projection import Flat, rotation
from sandbox.phone.raster import Map
from sandbox.phone.relief import relief_of
from sandbox.phone.setting import Setting
from sandbox.phone.shine import Shine

COARSE = 4
"""Light is worked out for every so many pixels either way and interpolated between."""
GAMMA = 2.2
"""Of the portraits: pixel value to linear light."""
_SUBPIXEL_BITS = 4
_EDGE_ON = 1e-6  # double area below which a triangle is a line
_GLINT, _GLINT_RADIUS, _GLINT_REACH = 0.7, 1.3, 4  # share of the screen's light, pixels, pixels
_OPEN_ENOUGH = 0.5


class Lighting:
    """Multiplies a head's picture by the light of the screen over that of the room.

    The room's light and the skin's albedo are what the portrait shows, so a place of it becomes
    portrait · level · (1 + ratio · S), in linear light, S from the head's relief by Lambert's law,
    1 on average over the face for a white screen. What stands behind gets the white screen's light
    by the inverse square of its distance.
    """

    def __init__(self, head: Head, setting: Setting) -> None:
        """Work out what no pose changes."""
        self._setting = setting
        self._relief = relief_of(head)
        self._lamp = Lamp(setting, head.lens)
        self._eyes = np.asarray([eye.ring for eye in EYES])
        resting = self._lamp.arriving(self._relief.at, self._relief.normals).sum(axis=1)
        self._face = float((resting @ self._relief.areas) / self._relief.areas.sum())
        self._wall = wall_share(setting)
        self._still = len(head.solid) - head.moving
        self._corners, self._parts, self._covered = _interpolation(head)

    def factor(self, sources: Map, pose: Pose, shine: Shine) -> NDArray[np.float32]:
        """Return by what the coarse picture's values grow, HEIGHT / COARSE × WIDTH / COARSE × 3.

        Args:
            sources: For each coarse pixel its column and its row in the coarse portrait.
            pose: Where the head is.
            shine: What the screen gives.
        """
        gains = self._gains(pose, shine)
        size = (HEIGHT // COARSE, WIDTH // COARSE)
        over = np.empty((*size, 3), np.float32)
        over[:] = gains[-1]
        over[self._covered] = np.einsum("pcb,pc->pb", gains[self._corners], self._parts)
        moved = cv2.remap(over, *sources, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return in_values(np.asarray(moved, np.float32), self._setting)

    def glint(self, picture: Picture, screen: Flat, pose: Pose, shine: Shine) -> None:
        """Let both eyes mirror the screen, in place."""
        if pose.blink > _OPEN_ENOUGH or not shine.quadrants.any():
            return
        light = _GLINT * self._setting.ratio * self._setting.level * shine.mean
        for x, y in screen[self._eyes].mean(axis=1):
            _spot(picture, float(x), float(y) + 1, light)

    def _gains(self, pose: Pose, shine: Shine) -> NDArray[np.float32]:
        """Return V × 3: what the screen adds, over what the room gives."""
        turn = rotation(pose).T
        arriving = self._lamp.arriving(self._relief.at @ turn, self._relief.normals @ turn)
        head = arriving / self._face @ shine.quadrants.reshape(4, 3)
        wall = np.broadcast_to(self._wall * shine.mean, (self._still, 3))
        return np.asarray(self._setting.ratio * np.vstack((head, wall)), np.float32)


def wall_share(setting: Setting) -> float:
    """Return the screen's light on what stands behind the head, over that on the face."""
    return (setting.distance_cm / (setting.distance_cm + setting.wall_cm)) ** 2


def in_values(gains: NDArray[np.float32], setting: Setting) -> NDArray[np.float32]:
    """Return the factor of pixel values for gains in linear light, the room's level included."""
    return np.asarray(cv2.pow(setting.level * (1 + gains), 1 / GAMMA), np.float32)


def brightened(picture: Picture, factor: NDArray[np.float32]) -> Picture:
    """Return the picture times a coarse factor, … × 3; what is too bright is white."""
    fine = cv2.resize(factor, (picture.shape[1], picture.shape[0]))
    return np.asarray(cv2.multiply(picture, fine, dtype=cv2.CV_8U), np.uint8)


def _interpolation(
    head: Head,
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.bool_]]:
    """Return for the coarse portrait's covered pixels three vertices, their shares, and which."""
    flat = (head.texture + 0.5) / COARSE - 0.5
    owner = np.zeros((HEIGHT // COARSE, WIDTH // COARSE), np.int32)
    corners = np.round(flat[head.triangles] * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    for index, triangle in enumerate(corners, start=1):
        cv2.fillConvexPoly(owner, triangle, index, shift=_SUBPIXEL_BITS)
    covered = owner > 0
    triangles = head.triangles[owner[covered] - 1]
    rows, columns = np.nonzero(covered)
    return triangles, _shares(flat[triangles], np.column_stack((columns, rows))), covered


def _shares(triangles: NDArray[np.float64], places: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return barycentric coordinates of N places in N triangles (N × 3 × 2), kept inside."""
    first, second = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    way = places - triangles[:, 0]
    double = _crossed(first, second)
    double = np.where(np.abs(double) < _EDGE_ON, _EDGE_ON, double)
    v, w = _crossed(way, second) / double, _crossed(first, way) / double
    shares = np.clip(np.column_stack((1 - v - w, v, w)), 0, 1)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)


def _crossed(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0], np.float64)


def _spot(picture: Picture, x: float, y: float, light: NDArray[np.float32]) -> None:
    """Add a small round light to a picture, in linear light."""
    left, top = round(x) - _GLINT_REACH, round(y) - _GLINT_REACH
    side = 2 * _GLINT_REACH + 1
    if not (0 <= left <= WIDTH - side and 0 <= top <= HEIGHT - side):
        return
    along = np.arange(side)
    squared = (along - (x - left)) ** 2 + (along[:, None] - (y - top)) ** 2
    shape = np.exp(-squared / (2 * _GLINT_RADIUS**2))
    part = picture[top : top + side, left : left + side]
    linear = (part / 255.0) ** GAMMA + shape[..., None] * light
    part[:] = np.round(255 * np.clip(linear, 0, 1) ** (1 / GAMMA))
