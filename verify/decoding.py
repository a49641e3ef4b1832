"""Bytes to pixels, inside the policy's limits; for face workers only."""

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.errors import Code, ImageRefused
from verify.images import ImageHeader, probe
from verify.policy.image import ImagePolicy

Pixels = NDArray[np.uint8]
"""Height × width × 3, blue-green-red, upright."""

WORKING_SIDE = 1280
"""Longest side measured on; a larger photograph is decoded at a fraction of its size."""


def decode(data: bytes, policy: ImagePolicy) -> Pixels:
    """Return upright pixels, longest side at most `WORKING_SIDE`.

    The EXIF orientation is applied; every other piece of metadata ends here.

    Args:
        data: The upload.
        policy: Limits, checked on the header before the decoder runs.

    Raises:
        ImageRefused: See `verify.images.probe`; IMAGE_BROKEN when the decoder gives up.
    """
    header = probe(data, policy)
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), _mode(header))
    except cv2.error as error:
        raise ImageRefused(Code.IMAGE_BROKEN) from error
    if pixels is None:
        raise ImageRefused(Code.IMAGE_BROKEN)
    return fit(pixels.astype(np.uint8, copy=False), WORKING_SIDE)


def fit(pixels: Pixels, side: int) -> Pixels:
    """Return `pixels`, made smaller until its longest side is at most `side`.

    As long as it is more than twice as large it is halved, which OpenCV does ten times as fast.
    """
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return pixels
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    while pixels.shape[0] >= 2 * size[1] and pixels.shape[1] >= 2 * size[0]:
        pixels = halved(pixels)
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def halved(pixels: Pixels) -> Pixels:
    """Return a picture, gray or not, of half the width and height, each pixel the mean of four.

    Of odd lengths the last row or column is left out.
    """
    height, width = (length // 2 for length in pixels.shape[:2])
    even = pixels[: 2 * height, : 2 * width]
    small = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False)


def _mode(header: ImageHeader) -> int:
    """Decode at a half, a quarter or an eighth where that still leaves enough pixels."""
    longest = max(header.width, header.height)
    if longest >= 8 * WORKING_SIDE:
        return cv2.IMREAD_REDUCED_COLOR_8
    if longest >= 4 * WORKING_SIDE:
        return cv2.IMREAD_REDUCED_COLOR_4
    return cv2.IMREAD_REDUCED_COLOR_2 if longest >= 2 * WORKING_SIDE else cv2.IMREAD_COLOR
