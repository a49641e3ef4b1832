"""A portrait laid over its own 3-D mesh: what the phone's camera looks at."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.landmarks import LEFT_EYE, RIGHT_EYE, LandmarkNet, Picture, Points
from sandbox.phone.mesh import CHEEKS, INNER_LIPS, OVAL
from sandbox.phone.pose import Pose
from sandbox.phone.projection import Flat, Lens, rotation

WIDTH, HEIGHT = 480, 640
"""A phone held upright."""

_FACE_WIDTH = 0.42  # of the frame's width, an arm's length away
_FACE_CENTER = (0.50, 0.46)
_HEAD_DEPTH = 0.50  # the neck's axis behind the eyes' plane, in face widths
_INNER = (1.30, 1.55, 1.42)  # head's outline over the oval: sideways, upwards, downwards
_OUTER = (1.95, 2.15, 1.95)  # where the background no longer moves
_RINGS_INSIDE, _RINGS_OUTSIDE = 5, 2  # many small steps, or the jaw's edge is torn into teeth
_NEARLY_FRONTAL = 8.0  # degrees a portrait may stay turned; straightening smears what it hides
_LIPS_APART = 1.0  # pixels at least, or a shut mouth's triangles tie the lips together
_SAME_POINT = 1e-2  # squared pixels
_MOST_TURNED = 25.0  # beyond this the mesh's own guess is not trusted


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A straightened head and where each vertex finds its colour.

    The first ``moving`` vertices turn with the head, the rest belongs to the background.
    """

    picture: Picture
    """The portrait, framed: texture and background, HEIGHT × WIDTH × 3."""
    solid: Points
    """V × 3, facing the camera, relative to the lens' pivot."""
    texture: Flat
    """V × 2, pixels of ``picture``."""
    triangles: NDArray[np.int64]
    """T × 3 vertex numbers."""
    moving: int
    lens: Lens
    aside: float = 0.0
    """Degrees the portrait was turned to the person's left."""

    @property
    def straight(self) -> float:
        """Degrees of yaw that make the straightened head look straight ahead."""
        return -_nearly_frontal(self.aside)


def head_from(portrait: Picture, *, net: LandmarkNet) -> Head:
    """Frame the portrait as a phone would and build its mesh.

    Raises:
        NoFaceError: the portrait shows no face.
    """
    picture, points = _framed(portrait, net.points(portrait))
    _part_lips(points)
    face_width = float(np.ptp(points[:, 0]))
    depth = points[:, 2] - points[[LEFT_EYE, RIGHT_EYE], 2].mean()
    middle = points[list(OVAL), :2].mean(axis=0)
    pivot = np.asarray((*middle, _HEAD_DEPTH * face_width))
    lens = Lens(pivot=pivot, face_width=face_width)
    aside = _yaw(points)
    own = rotation(Pose(yaw=aside - _nearly_frontal(aside)))
    face = lens.lift(points[:, :2], depth) @ own
    turning, still = _skull(face), _surroundings(face)
    solid = np.vstack((face, turning, still))
    texture = (points[:, :2], lens.project(turning @ own.T), lens.project(still))
    return Head(
        picture=picture,
        solid=solid,
        texture=np.vstack(texture),
        triangles=_delaunay(lens.project(solid)),
        moving=len(face) + len(turning),
        lens=lens,
        aside=aside,
    )


def _framed(portrait: Picture, points: Points) -> tuple[Picture, Points]:
    """Crop and scale so that the face has a phone picture's size and place."""
    scale = _FACE_WIDTH * WIDTH / float(np.ptp(points[:, 0]))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    sized = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=way)
    moved = points * scale
    middle = (moved[:, :2].min(axis=0) + moved[:, :2].max(axis=0)) / 2
    shift = np.asarray(_FACE_CENTER) * (WIDTH, HEIGHT) - middle
    shift = _inside(shift, np.asarray(sized.shape[1::-1]))
    matrix = np.column_stack((np.eye(2), shift))
    picture = cv2.warpAffine(sized, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    moved[:, :2] += shift
    return np.asarray(picture, np.uint8), moved


def _part_lips(points: Points) -> None:
    """Hold the inner edges of the lips apart, in place, so that a shut mouth can open."""
    lower, upper = list(INNER_LIPS[1:10]), list(reversed(INNER_LIPS[11:]))
    lacking = np.maximum(0, _LIPS_APART - (points[lower, 1] - points[upper, 1]))
    points[lower, 1] += lacking / 2
    points[upper, 1] -= lacking / 2


def _inside(shift: NDArray[np.float64], size: NDArray[np.int64]) -> NDArray[np.float64]:
    """Change a shift so that a large enough portrait fills the frame to its edges."""
    fits = size >= (WIDTH, HEIGHT)
    return np.where(fits, np.clip(shift, np.minimum((WIDTH, HEIGHT) - size, 0), 0), shift)


def _skull(face: Points) -> Points:
    """Return rings from the face's oval back to the head's outline in the pivot's plane."""
    oval, outline = face[list(OVAL)], _outline(face, _INNER)
    parts = np.linspace(0, 1, _RINGS_INSIDE + 1)[1:]
    return np.vstack([oval + part * (outline - oval) for part in parts])


def _surroundings(face: Points) -> Points:
    """Return rings around the head's outline, the last where nothing moves any more."""
    start, end = _outline(face, _INNER), _outline(face, _OUTER)
    parts = np.linspace(0, 1, _RINGS_OUTSIDE + 1)[1:]
    return np.vstack([start + part * (end - start) for part in parts])


def _outline(face: Points, grow: tuple[float, float, float]) -> Points:
    """Return the face's oval blown up around its center, in the pivot's plane."""
    sideways, up, down = grow
    oval = face[list(OVAL), :2]
    away = oval - oval.mean(axis=0)
    tall = np.where(away[:, 1] < 0, up, down)
    flat = away * np.column_stack((np.full(len(oval), sideways), tall))
    return np.column_stack((oval.mean(axis=0) + flat, np.zeros(len(oval))))


def _delaunay(flat: Flat) -> NDArray[np.int64]:
    """Return triangles (T × 3 indices) over 2-D points; OpenCV returns corners, not indices."""
    low = flat.min(axis=0) - 1
    width, height = (np.ceil(np.ptp(flat, axis=0)) + 3).astype(int).tolist()
    plane = cv2.Subdiv2D((0, 0, width, height))
    plane.insert((flat - low).astype(np.float32))
    corners = np.asarray(plane.getTriangleList(), np.float64).reshape(-1, 1, 2) + low
    nearest = ((corners - flat) ** 2).sum(axis=2)
    real = (nearest.min(axis=1) < _SAME_POINT).reshape(-1, 3).all(axis=1)
    triangles = nearest.argmin(axis=1).reshape(-1, 3)
    return np.asarray(triangles[real], np.int64)


def _nearly_frontal(yaw: float) -> float:
    """Return what is left of a portrait's turn, degrees."""
    return float(np.clip(yaw, -_NEARLY_FRONTAL, _NEARLY_FRONTAL))


def _yaw(points: Points) -> float:
    """Return by how much a portrait is turned, degrees (line between the cheeks)."""
    across = points[CHEEKS[0]] - points[CHEEKS[1]]
    yaw = float(np.degrees(np.arctan2(across[2], across[0])))
    return float(np.clip(yaw, -_MOST_TURNED, _MOST_TURNED))
