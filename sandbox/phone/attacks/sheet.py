"""A sheet before the camera: which pixel shows which place of it, and how it stands in space."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.attacks.surfaces import Surface
from sandbox.phone.head import HEIGHT, WIDTH
from sandbox.phone.landmarks import Picture, Points
from sandbox.phone.lighting import COARSE
from sandbox.phone.pose import Pose
from sandbox.phone.projection import Lens, rotation

_CAMERA_DISTANCE = 3.0  # in face widths, as the lens has it
_NOWHERE = -1e4  # a place no sheet has


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What is on a sheet."""

    picture: Picture
    middle: tuple[float, float]
    """Its pixel that is held in the middle of the face's place."""


def cut_out(
    picture: Picture,
    *,
    middle: tuple[float, float],
    half: tuple[float, float],
    margin: int = 0,
    colour: tuple[int, int, int] = (235, 238, 240),
) -> Cut:
    """Return the part of a picture up to `half` either way, with a margin of paper or bezel."""
    (x, y), (wide, high) = middle, half
    left, top = max(0, round(x - wide)), max(0, round(y - high))
    part = picture[top : round(y + high), left : round(x + wide)]
    framed = cv2.copyMakeBorder(
        part, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=colour
    )
    return Cut(picture=np.asarray(framed, np.uint8), middle=(x - left + margin, y - top + margin))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the camera sees of a sheet at one moment."""

    columns: NDArray[np.float32]
    """HEIGHT × WIDTH: the sheet's column at each pixel of the frame, from the sheet's middle."""
    rows: NDArray[np.float32]
    at: Points
    """N × 3, for every COARSE pixels: where the sheet is, as a lamp wants it."""
    normals: Points
    """N × 3, for every COARSE pixels: unit, toward the camera; 0 where the sheet is missed."""


class Sheet:
    """A surface held before a lens in a face's place."""

    def __init__(self, surface: Surface, *, lens: Lens, axis: float = 0.0) -> None:
        """Take the head's lens; ``axis`` is how far behind the middle it is turned about."""
        self._surface = surface
        self._axis = axis
        self._away = _CAMERA_DISTANCE * lens.face_width
        x, y = np.meshgrid(np.arange(WIDTH // COARSE), np.arange(HEIGHT // COARSE))
        across = (x.ravel() + 0.5) * COARSE - 0.5 - float(lens.pivot[0])
        down = (y.ravel() + 0.5) * COARSE - 0.5 - float(lens.pivot[1])
        self._ways = np.column_stack((across, down, np.full(across.size, self._away)))

    def seen(self, pose: Pose) -> Sight:
        """Return the sheet turned by a hand as a head would be turned, and moved nearer."""
        turned = rotation(pose)
        behind = np.asarray((0, 0, self._axis))
        middle = behind - turned @ behind - (0, 0, pose.nearer * self._away)
        eye = np.asarray((0, 0, -self._away)) - middle
        met = self._surface.meet(turned.T @ eye, self._ways @ turned)
        missed = np.asarray(np.isnan(met.sheet[:, 0]) | np.isnan(met.sheet[:, 1]), np.bool_)
        sheet = np.where(missed[:, None], _NOWHERE, met.sheet).astype(np.float32)
        return Sight(
            columns=_fine(sheet[:, 0]),
            rows=_fine(sheet[:, 1]),
            at=np.where(missed[:, None], 0.0, met.at @ turned.T + middle),
            normals=np.where(missed[:, None], 0.0, met.normals @ turned.T),
        )


def seen_through(sight: Sight, cut: Cut) -> tuple[Picture, NDArray[np.bool_]]:
    """Return the sheet in the frame, and which pixels it covers (HEIGHT × WIDTH)."""
    columns, rows = (
        sight.columns + np.float32(cut.middle[0]),
        sight.rows + np.float32(cut.middle[1]),
    )
    shown = cv2.remap(cut.picture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    height, width = cut.picture.shape[:2]
    inside = (columns > -1) & (columns < width) & (rows > -1) & (rows < height)
    return np.asarray(shown, np.uint8), np.asarray(inside)


def _fine(values: NDArray[np.float32]) -> NDArray[np.float32]:
    coarse = values.reshape(HEIGHT // COARSE, WIDTH // COARSE)
    whole = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.float32)
