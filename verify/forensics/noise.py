"""Noise: one camera's lies alike on face and background; a pasted or shown face has its own."""

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.decoding import Pixels
from verify.results import Box

_TILE = 16
_SMOOTHEST = 25
"""Per cent of the tiles whose noise is taken: the others hold edges and texture."""
_LEAST_TILES = 8
_HAIR = 0.35
_KERNEL = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
"""Blind to slopes of brightness; keeps the standard deviation of white noise (Immerkær 1996)."""
_FLOOR = 0.05


def noise_ratio(gray: Pixels, face: Box) -> float:
    """Return the natural log of the face's noise over the background's. Costs 1 ms.

    Each is divided by the root of its brightness, as the noise of counted light grows so.

    Args:
        gray: The picture's brightness.
        face: Where the face is.

    Returns:
        0 where the face or the background beside it is too small.
    """
    left, right = round(face.x), round(face.x + face.width)
    top, bottom = max(0, round(face.y)), max(0, round(face.y + face.height))
    hair = round(_HAIR * face.width)
    inner = (slice(top, bottom), slice(max(0, left), max(0, right)))
    beside = (
        (slice(top, bottom), slice(0, max(0, left - hair))),
        (slice(top, bottom), slice(right + hair, None)),
    )
    rough = _rough(gray, slice(min(max(0, top - 1), gray.shape[0] - 1), bottom + 1))
    skin = _tiles(rough, gray, inner)
    wall = np.concatenate([_tiles(rough, gray, part) for part in beside])
    if min(len(skin), len(wall)) < _LEAST_TILES:
        return 0.0
    return float(np.log(_smoothest(skin) / _smoothest(wall)))


def _rough(gray: Pixels, rows: slice) -> NDArray[np.float32]:
    """Return the picture's noise in some rows; the first and the last are only half right."""
    rough = np.zeros(gray.shape, np.float32)
    rough[rows] = np.abs(cv2.filter2D(gray[rows], cv2.CV_32F, _KERNEL))
    return rough


def _tiles(
    rough: NDArray[np.float32], gray: Pixels, part: tuple[slice, slice]
) -> NDArray[np.float64]:
    """Return each tile's noise over the root of its brightness."""
    height, width = (length // _TILE for length in gray[part].shape)
    size = (height * _TILE, width * _TILE)
    noise, light = (
        whole[part][: size[0], : size[1]].reshape(height, _TILE, width, _TILE).mean(axis=(1, 3))
        for whole in (rough, gray)
    )
    return np.asarray(noise / np.sqrt(np.maximum(light, 1.0)), np.float64).ravel()


def _smoothest(tiles: NDArray[np.float64]) -> float:
    return max(_FLOOR / 16, float(np.percentile(tiles, _SMOOTHEST)))
