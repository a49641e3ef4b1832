"""How strongly each place answers the screen, as a whole and by its halves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verify.liveness.light.code import CodeFit, on_screen, steady
from verify.liveness.light.series import LightSeries
from verify.liveness.lightcode import Pattern, linear

Array = NDArray[np.float64]

_ROUNDS = 4
_HUBER = 1.345
"""In standard deviations; 95 % efficient on clean noise (Huber 1964)."""
_MAD = 1.4826
_TINY = 1e-9
_MOST = 0.9
_OUTLIER = 5.0
_RIDGE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Gains:
    """Answers of N places relative to the face's mean answer, which is 1."""

    full: Array
    """N: to the whole screen."""
    left: Array
    """N: to the looker's left half, less to the right one."""
    top: Array
    """N: to the upper half, less to the lower one."""
    errors: Array
    """N × 3: standard errors of full, left and top, by the frames' noise."""


def skin_gains(series: LightSeries, code: CodeFit) -> Gains:
    """Return the gains of the patches that were seen.

    Each patch is compared with the mean of all in the same frame, which takes out exposure and
    white balance, whatever they do; `left` and `top` are therefore known up to a constant.
    """
    mean = series.skin.mean(axis=1, keepdims=True)
    return _fitted(series, code, series.skin - mean)


def other_gains(series: LightSeries, code: CodeFit, light: Array) -> Gains:
    """Return the gains of places off the skin (T × N × 3 log light, no holes)."""
    return _fitted(series, code, light - series.skin.mean(axis=1, keepdims=True))


def _fitted(series: LightSeries, code: CodeFit, light: Array) -> Gains:
    """Fit full, left and top answers to N series of three channels by Huber's least squares.

    A patch that slides over the skin, as heads never hold still, makes noise that lasts for some
    frames; it is measured on a first fit and taken out before the second (Cochrane and Orcutt).
    """
    shares, known = on_screen(series, code.lag_ms)
    block = series.block[known]
    causes, values = _causes(series, code, shares[known]), light[known]
    drift = steady(series.elapsed[known], block)
    rows, flat = _stacked(causes, drift, values)
    rest = flat - rows @ np.linalg.lstsq(rows, flat, rcond=None)[0]
    rest = rest.reshape(3, len(block), -1)
    kept = _memory(rest, block)
    causes, drift, values = (_fresh(part, block, kept) for part in (causes, drift, values))
    mixed = _unmixing(rest)
    solved, errors = _huber(*_stacked(causes @ mixed.T, drift, values @ mixed.T))
    return Gains(full=1 + solved[:, 0], left=solved[:, 1], top=solved[:, 2], errors=errors[:, :3])


def _stacked(causes: Array, drift: Array, values: Array) -> tuple[Array, Array]:
    """Return the rows of all channels: each has its own drifts, all share the answers."""
    rows = [np.hstack([causes[..., band], np.kron(np.eye(3)[band], drift)]) for band in range(3)]
    return np.concatenate(rows), np.concatenate([values[..., band] for band in range(3)])


def _memory(rest: Array, block: NDArray[np.int64]) -> float:
    """Return how much of a frame's noise the next one keeps, 0..0.9."""
    joined = block[1:] == block[:-1]
    product = (rest[:, 1:] * rest[:, :-1])[:, joined].sum()
    return float(
        np.clip(product / max(_TINY, float((rest[:, :-1] ** 2)[:, joined].sum())), 0, _MOST)
    )


def _fresh(part: Array, block: NDArray[np.int64], kept: float) -> Array:
    """Return each frame less what it keeps of the one before it; a step's first is scaled."""
    joined = (block[1:] == block[:-1]).reshape(-1, *(1,) * (part.ndim - 1))
    later = np.where(joined, part[1:] - kept * part[:-1], np.sqrt(1 - kept**2) * part[1:])
    return np.concatenate([np.sqrt(1 - kept**2) * part[:1], later])


def _causes(series: LightSeries, code: CodeFit, shares: Array) -> Array:
    """Return T × (full, left, top) × 3: the face's expected change and its parts by half.

    Natural log of 1 + gain · screen, and its derivative for the halves.
    """
    light = np.array([(linear(one.first), linear(one.second)) for one in series.segments])
    half = (light[:, 0] - light[:, 1]) / 2
    ways = [
        half * np.array([[one.pattern is pattern] for one in series.segments])
        for pattern in (Pattern.LEFT_RIGHT, Pattern.TOP_BOTTOM)
    ]
    whole = 1 + code.gains * (shares @ light.mean(axis=1))
    parts = [code.gains * (shares @ way) / whole for way in ways]
    return np.stack([np.log(whole), *parts], axis=1)


def _unmixing(rest: Array) -> Array:
    """Return the 3 × 3 map that makes the channels' noise alike and independent.

    Shadows that slide over the face darken all channels together, the screen's colours do not: the
    grey part of the noise is by far the largest, and so counts least.
    """
    flat = rest.reshape(3, -1)
    bound = _OUTLIER * np.median(np.abs(flat), axis=1, keepdims=True) + _TINY
    flat = np.clip(flat, -bound, bound)
    spread = flat @ flat.T / flat.shape[1] + _TINY**2 * np.eye(3)
    return np.asarray(np.linalg.inv(np.linalg.cholesky(spread)))


def _huber(rows: Array, values: Array) -> tuple[Array, Array]:
    """Return N × columns of coefficients for N columns of values, and their standard errors."""
    firm = _RIDGE * np.eye(rows.shape[1])
    solved = np.linalg.lstsq(rows, values, rcond=None)[0].T
    noise, squares = np.zeros((len(solved), 1)), np.zeros((len(solved), *firm.shape))
    for _ in range(_ROUNDS):
        rest = np.abs(values - rows @ solved.T)
        noise = _MAD * np.median(rest, axis=0)[:, None] + _TINY
        weights = np.minimum(1.0, _HUBER * noise / np.maximum(rest.T, _TINY))
        # One small product for each place: a large one would wake the library's threads.
        squares = (rows.T * weights[:, None]) @ rows + firm
        solved = np.linalg.solve(squares, ((weights * values.T) @ rows)[..., None])[..., 0]
    spread = np.diagonal(np.linalg.inv(squares), axis1=1, axis2=2)
    return np.asarray(solved, np.float64), noise * np.sqrt(np.maximum(spread, 0))
