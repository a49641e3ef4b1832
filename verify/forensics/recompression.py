"""Recompression: a picture that was a JPEG before it was filmed or pasted bears two lattices."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from verify.decoding import Pixels

_BLOCK = 8
_SIDE = 320
"""Pixels of the middle looked at: 1,600 blocks."""
_WAVES = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1))
"""Frequencies with enough coefficients to count."""
_STEPS = np.arange(2, 31)
_KNOWN = 0.4
"""Mean cosine from which coefficients count as multiples of a step."""
_FINE = 4
"""Bins a unit of a coefficient."""
_FURTHEST = 100
_REACH = 14
_LEAST_COUNT = 60
_SCALE = 2.5
"""Brings both traces of an earlier compression at quality 75 to 0.3 (single ones: 0.00..0.10)."""
_MIDDLE = 128
_SUM_STEPS = np.arange(5, 17)
_CHANCE = 3.0
"""Of a mean of cosines, its scatter times the root of their number: what chance alone reaches."""


def recompression(gray: Pixels) -> float:
    """Return how strongly an earlier compression shows, 0..1. Costs 2 ms.

    Two traces, the stronger of which counts: coefficients of this file's own lattice whose counts
    rise and fall by turns (compressed twice on one lattice), and steps of brightness at another
    place than this file's block borders (compressed, moved, compressed again).

    Args:
        gray: The picture's brightness as decoded, neither resized nor turned.
    """
    height, width = (min(_SIDE, length) // _BLOCK * _BLOCK for length in gray.shape)
    top = (gray.shape[0] - height) // 2 // _BLOCK * _BLOCK
    left = (gray.shape[1] - width) // 2 // _BLOCK * _BLOCK
    middle = gray[top : top + height, left : left + width].astype(np.float32)
    if min(middle.shape) < 2 * _BLOCK:
        return 0.0
    return max(min(1.0, _SCALE * _aligned(middle)), _shifted(middle))


def _aligned(gray: NDArray[np.float32]) -> float:
    """Return the unevenness of the counts of quantised coefficients, mean over frequencies."""
    blocks = gray.reshape(gray.shape[0] // _BLOCK, _BLOCK, -1, _BLOCK).swapaxes(1, 2)
    waves = blocks.reshape(-1, _BLOCK * _BLOCK) @ _base()
    found = [_unevenness(wave) for wave in waves.T]
    known = [value for value in found if value is not None]
    return float(np.mean(known)) if known else 0.0


@cache
def _base() -> NDArray[np.float32]:
    """Return the cosine bases of the frequencies, 64 × 7 (T.81 A.3.3)."""
    waves = [np.outer(_cosine(down), _cosine(across)).ravel() for down, across in _WAVES]
    return np.array(waves, np.float32).T


def _cosine(order: int) -> NDArray[np.float64]:
    wave = np.cos((2 * np.arange(_BLOCK) + 1) * order * np.pi / (2 * _BLOCK)) / 2
    return np.asarray(wave / np.sqrt(2) if order == 0 else wave)


@cache
def _combs() -> NDArray[np.float64]:
    """Return how well each value of a coefficient fits each step: bins × steps, −1..1."""
    values = np.arange(_FURTHEST * _FINE + 1)[:, None] / _FINE
    return np.cos(2 * np.pi * values / _STEPS)


def _unevenness(values: NDArray[np.float32]) -> float | None:
    """Return how far counts of neighbouring levels differ more than chance allows, 0..1."""
    bins = np.rint(np.abs(values) * _FINE).astype(np.int64)
    counted = np.bincount(bins[bins <= _FURTHEST * _FINE], minlength=_FURTHEST * _FINE + 1)
    apart = counted.copy()
    apart[: 2 * _FINE] = 0  # zeros fit every step
    if apart.sum() < _LEAST_COUNT:
        return None
    fitting = _STEPS[apart @ _combs() / apart.sum() > _KNOWN]
    if not fitting.size:
        return None
    levels = np.rint(np.abs(values) / fitting.max()).astype(np.int64)
    counts = np.bincount(levels[levels <= _REACH], minlength=_REACH + 1)[1:].astype(np.float64)
    if counts.sum() < _LEAST_COUNT:
        return None
    inner = counts[1:-1]
    beside = np.sqrt(counts[:-2] * counts[2:])
    chance = np.sqrt(inner + beside / 2 + 1.0)
    excess = np.maximum(np.abs(inner - beside) - 1.5 * chance, 0.0)
    return float(np.clip(excess.sum() / max((inner + beside).sum(), 1.0), 0.0, 1.0))


def _shifted(gray: NDArray[np.float32]) -> float:
    """Return how well block sums at another place of the lattice fit one step, 0..1.

    What a second compression adds blurs the first one's steps, so that only a coarser first one
    shows (T. Bianchi and A. Piva, Detection of nonaligned double JPEG compression, 2012).
    """
    sums = cv2.boxFilter(gray, -1, (_BLOCK, _BLOCK), anchor=(0, 0), normalize=False) / _BLOCK
    bins = np.rint((sums - _BLOCK * _MIDDLE) * 2).astype(np.int64)
    height, width = ((length // _BLOCK - 1) * _BLOCK for length in gray.shape)
    lattices = bins[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    places = lattices[::2, :, ::2].transpose(1, 3, 0, 2).reshape(_BLOCK * _BLOCK, -1)
    fits = np.take(_sum_combs(), places + 2 * _BLOCK * _MIDDLE, axis=1).mean(axis=2)
    noise = _CHANCE / np.sqrt(places.shape[1])
    return float(np.clip(fits[:, 1:].max() - noise, 0.0, 1.0))


@cache
def _sum_combs() -> NDArray[np.float32]:
    """Return how well each block sum fits each step: steps × values, −1..1."""
    values = np.arange(-2 * _BLOCK * _MIDDLE, 2 * _BLOCK * _MIDDLE + 1) / 2
    return np.cos(2 * np.pi * values / _SUM_STEPS[:, None]).astype(np.float32)
