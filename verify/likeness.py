"""What a frame looks like at a glance: for duplicates, frozen feeds and recorded sessions."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.decoding import Pixels, halved

SIDE = 24
_HASH = 16
_QUARTERED = 4 * (_HASH + 1)
"""Pixels of the shorter side from which the small records are taken of a quarter of the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """Two small records of one frame."""

    phash: bytes
    """256-bit difference hash of the whole picture: is each cell brighter than the last.

    Re-encoding or resizing flips a few bits; another moment of the same scene flips more."""
    thumb: bytes
    """24 × 24 brightness values of the picture's middle, where a face has to be."""


def glance(pixels: Pixels) -> Glance:
    """Look at a frame, in under a millisecond."""
    gray = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    quarter = min(gray.shape) >= _QUARTERED
    small = halved(halved(gray)) if quarter else gray
    cells = _shrunk(small, _HASH + 1, _HASH)
    rows, columns = small.shape
    middle = small[rows // 8 : rows - rows // 8, columns // 4 : columns - columns // 4]
    return Glance(
        phash=np.packbits(cells[:, 1:] > cells[:, :-1]).tobytes(),
        thumb=_shrunk(np.ascontiguousarray(middle), SIDE, SIDE).tobytes(),
    )


def _shrunk(gray: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(gray, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
