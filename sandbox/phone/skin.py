"""The same face with lighter or darker skin."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.phone.head import HEIGHT, WIDTH, Head
from sandbox.phone.landmarks import Picture
from sandbox.phone.lighting import GAMMA
from sandbox.phone.mesh import EYES, INNER_LIPS, OVAL
from sandbox.phone.setting import Band

_TARGETS: Mapping[Band, tuple[float, float, float]] = MappingProxyType(
    {
        Band.LIGHT: (0.30, 0.36, 0.52),
        Band.MEDIUM: (0.13, 0.18, 0.30),
        Band.DARK: (0.045, 0.062, 0.11),
    }
)
"""Median linear blue, green, red of the face as an indoor picture shows it."""
_LIMITS = (0.15, 5.0)  # a picture's grain bears no stronger change
_BLACK = 1e-3  # linear light
_FEATHER = 5.0  # pixels
_HUE = 0.35  # how far the chroma goes the way to the band's; the rest is the room's light
_LIKENESS = 0.38  # standard deviation of skin's chroma around the face's own, natural log
_LIGHTNESS, _SHEEN = 0.65, 0.4  # and of its lightness; where skin shines, less
_GROWN = (1.4, 1.5, 2.1)  # where ears, forehead and neck can be: sideways, up, down, in ovals


def toned(head: Head, band: Band | None) -> Head:
    """Return the head with the skin of a band; eyes, teeth, hair and background as they are."""
    if band is None:
        return head
    linear = np.asarray((head.picture.astype(np.float32) / 255) ** GAMMA, np.float32)
    face = _filled(head.texture[list(OVAL)])
    own = np.asarray(np.median(linear[face > 0], axis=0), np.float32)
    skin = _skin(head, linear, face, own)
    changed = linear * (1 + skin[..., None] * (_scale(own, band) - 1))
    picture = 255 * np.clip(changed, 0, 1) ** (1 / GAMMA)
    return replace(head, picture=np.round(picture).astype(np.uint8))


def _scale(own: NDArray[np.float32], band: Band) -> NDArray[np.float32]:
    """Return by what blue, green and red of a skin change: lightness whole, hue in part."""
    wanted = np.log(np.asarray(_TARGETS[band]) / np.maximum(own, _BLACK))
    lightness = wanted.mean()
    scale = np.exp(lightness + _HUE * (wanted - lightness))
    return np.asarray(np.clip(scale, *_LIMITS), np.float32)


def _skin(
    head: Head, linear: NDArray[np.float32], face: Picture, own: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return how much each pixel is skin, 0..1, HEIGHT × WIDTH."""
    spared = _filled(head.texture[list(INNER_LIPS)])
    for eye in EYES:
        spared = np.maximum(spared, _filled(head.texture[list(eye.ring)]))
    around = np.maximum(face, _likely(head, linear, own))
    return _soft(np.where(spared > 0, np.float32(0), around))


def _likely(
    head: Head, linear: NDArray[np.float32], own: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return where ears and neck are: near the face, and of its colour."""
    away = np.log((linear + _BLACK) / (own + _BLACK))
    light = away.mean(axis=2)
    chroma = ((away - light[..., None]) ** 2).sum(axis=2)
    light = np.where(light > 0, light * _SHEEN, light)
    alike = np.exp(-chroma / (2 * _LIKENESS**2) - light**2 / (2 * _LIGHTNESS**2))
    oval = head.texture[list(OVAL)]
    region = np.zeros((HEIGHT, WIDTH), np.float32)
    x, y = np.round(oval.mean(axis=0)).astype(int).tolist()
    wide, high = np.ptp(oval, axis=0) / 2
    across, up, down = _GROWN
    for tall, start in ((down, 0), (up, 180)):
        axes = (round(wide * across), round(high * tall))
        cv2.ellipse(region, (x, y), axes, 0, start, start + 180, 1.0, -1)
    return np.asarray(region * alike, np.float32)


def _filled(flat: NDArray[np.float64]) -> NDArray[np.uint8]:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(mask, [np.round(flat).astype(np.int32)], 1)
    return mask


def _soft(mask: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), _FEATHER), np.float32)
