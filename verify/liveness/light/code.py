"""Whose code is it? The face's answer compared with what was shown, and with what was not."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from verify.liveness.light.exposure import exposure_of
from verify.liveness.light.series import LightSeries
from verify.liveness.lightcode import Segment, draw_code, linear

Array = NDArray[np.float64]

LAGS_MS = tuple(range(0, 361, 20))
"""From a picture's appearance on the screen to its trace in a frame; one for the session."""
_EXPOSED_MS = 33.0
"""A frame gathers light for about this long."""
_WHOLE = 0.999
_DRIFT = 0.3
"""How far a channel may wander in a second, in standard deviations of the frames' noise."""
_ALIKE = 3.0
"""How firmly the three channels are held to one gain: ambient light is roughly white."""
_CHROMA, _LUMA = 0.75, 0.25
"""Exposure that follows the picture spoils luma alone, most where skin is light and so sets it."""
_BETWEEN = np.eye(3) - 1 / 3
"""Takes out what the three channels have in common."""
_TINY = 1e-12
_DECOY_SEED = 20261125
"""Decoys need not be secret: they only show how far chance would come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All a series can say of any code: for each of L lags the sums that a comparison needs.

    K pictures; drift of each step's light is taken out. Comparing thousands of codes is then
    algebra on K × K matrices.
    """

    between: Array
    """L × K × K: products of the pictures' times on screen with one another."""
    chroma: Array
    """L × K × 3: products of the pictures' times with the face's light, common part taken out."""
    luma: Array
    """L × K × V: products with the common part, as seen and, where a wall tells what the camera's
    exposure did, without that."""
    chroma_power: Array
    """L."""
    luma_power: Array
    """L × V."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How well each of N codes explains a series, at its own best lag."""

    score: Array
    """N: −1..1."""
    lag: NDArray[np.int64]
    """N: index into `LAGS_MS`."""
    gains: Array
    """N × 3: log light per unit of the screen's, by channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFit:
    """How the face answered the code that was shown."""

    score: float
    """Correlation with the code, −1..1."""
    rank: float
    """Share of random codes that explain the light less well, 0..1."""
    lag_ms: float
    ratio: float
    """(white − black) / black that the colour changes amount to, whichever code caused them."""
    gains: Array
    """3: log light per unit of the screen's, by channel; not negative."""


def on_screen(series: LightSeries, lag_ms: float) -> tuple[Array, NDArray[np.bool_]]:
    """Return each picture's share in each frame (T × K), and which frames know their picture."""
    shares = np.zeros((len(series.elapsed), len(series.segments)))
    first = 0
    for block, length in enumerate(series.lengths):
        rows = series.block == block
        starts = np.arange(length) * float(series.segment_ms)
        ends = np.append(starts[1:], np.inf)
        end = series.elapsed[rows, None] - lag_ms
        seen = np.minimum(end, ends) - np.maximum(end - _EXPOSED_MS, starts)
        shares[rows, first : first + length] = np.clip(seen / _EXPOSED_MS, 0, 1)
        first += length
    return shares, shares.sum(axis=1) >= _WHOLE


def answers_of(series: LightSeries) -> Answers:
    """Reduce a series to what the comparison with codes needs."""
    whole = quiet_mean(series.skin)
    luma = whole.mean(axis=1, keepdims=True)
    exposure = exposure_of(series)
    lumas = [luma] if exposure is None else [luma, luma - exposure[:, None]]
    light = np.hstack([whole - luma, *lumas])
    sums = [_sums(series, light, lag) for lag in LAGS_MS]
    between, products, powers = (np.array(part) for part in zip(*sums, strict=True))
    return Answers(
        between=between,
        chroma=products[..., :3],
        luma=products[..., 3:],
        chroma_power=powers[:, :3].sum(axis=1),
        luma_power=powers[:, 3:],
    )


def quiet_mean(skin: Array) -> Array:
    """Return the mean of the half of the patches that keep most to the others, T × 3.

    Where brows, lids or a nostril slide through a patch it flickers, and the code drowns.
    """
    apart = skin - skin.mean(axis=1, keepdims=True)
    restless = apart.std(axis=0).mean(axis=1)
    kept = np.argsort(restless)[: max(1, skin.shape[1] // 2)]
    return np.asarray(skin[:, kept].mean(axis=1))


def colours_of(codes: Sequence[Sequence[Segment]]) -> Array:
    """Return the mean linear light of N codes' pictures over the screen, N × K × BGR."""
    light = [[(linear(one.first), linear(one.second)) for one in code] for code in codes]
    return np.asarray(np.array(light, np.float64).mean(axis=2))


def scores_of(answers: Answers, colours: Array) -> Scores:
    """Compare N codes (N × K × 3) with a series at every lag and keep each code's best.

    The channels' gains are fitted by least squares, held together by a ridge: coloured ambient
    light makes them unlike, but a fit left free would explain any code.
    """
    shown = np.einsum("lij,njb->lnib", answers.between, colours)
    power = _BETWEEN * np.einsum("nia,lnib->lnab", colours, shown)
    target = np.einsum("nia,lia->lna", colours, answers.chroma)
    size = np.trace(power, axis1=2, axis2=3)[..., None, None] / 3
    held = power + _ALIKE * size * _BETWEEN + _TINY * np.eye(3)
    gains = np.linalg.solve(held, target[..., None])[..., 0]
    fitted = np.einsum("lna,lnab,lnb->ln", gains, power, gains)
    chroma = _ratio((target * gains).sum(axis=2), fitted * answers.chroma_power[:, None])
    score = _CHROMA * chroma * np.sign(gains.sum(axis=2)) + _LUMA * _luma(answers, colours, gains)
    best = score.argmax(axis=0)
    each = np.arange(len(colours))
    return Scores(score=score[best, each], lag=best, gains=gains[best, each])


def fit_code(series: LightSeries, *, decoys: int) -> CodeFit:
    """Compare a series with its own code and with `decoys` random ones."""
    answers = answers_of(series)
    own = colours_of([series.segments])
    found = scores_of(answers, own)
    others = scores_of(answers, decoys_of(len(series.segments), decoys)).score
    lag = int(found.lag[0])
    return CodeFit(
        score=float(found.score[0]),
        rank=float((others < found.score[0]).mean()),
        lag_ms=float(LAGS_MS[lag]),
        ratio=_signal(answers, own[0], lag),
        gains=np.maximum(found.gains[0], 0),
    )


@lru_cache(maxsize=4)
def decoys_of(length: int, count: int) -> Array:
    """Return `count` random codes' colours, the same ones each time; count × length × 3."""
    rng = np.random.default_rng(_DECOY_SEED)
    codes = [draw_code(length, randbelow=lambda n: int(rng.integers(n))) for _ in range(count)]
    return colours_of(codes)


def steady(elapsed: Array, block: NDArray[np.int64]) -> Array:
    """Return a constant and a slope for each light step, T × 2B; slopes in seconds."""
    columns = []
    for one in np.unique(block):
        inside = np.asarray(block == one, np.float64)
        middle = float(elapsed[block == one].mean())
        columns += [inside, inside * (elapsed - middle) / 1000]
    return np.column_stack(columns)


def _sums(series: LightSeries, light: Array, lag_ms: float) -> tuple[Array, Array, Array]:
    shares, known = on_screen(series, lag_ms)
    shares, light = shares[known], light[known]
    drift = steady(series.elapsed[known], series.block[known])
    drift[:, 1::2] *= _DRIFT
    # A slope is paid for: left free it would eat much of a step of four pictures.
    firm = np.diag(np.tile([_TINY, 1.0], drift.shape[1] // 2))
    solved = np.linalg.solve(drift.T @ drift + firm, drift.T)
    clean = light - drift @ (solved @ light)
    screen = shares - drift @ (solved @ shares)
    return shares.T @ screen, shares.T @ clean, (light * clean).sum(axis=0)


def _luma(answers: Answers, colours: Array, gains: Array) -> Array:
    """Return the correlation of the common part with what the fitted gains predict, L × N.

    The better of the two ways to see it: a wall need not hold still, and exposure need not follow.
    """
    light = np.einsum("nia,lna->lni", colours, np.maximum(gains, 0))
    power = np.einsum("lni,lij,lnj->ln", light, answers.between, light)
    product = np.einsum("lni,liv->lnv", light, answers.luma)
    told = _ratio(product, power[..., None] * answers.luma_power[:, None])
    return np.asarray(told.max(axis=2))


def _signal(answers: Answers, colours: Array, lag: int) -> float:
    """Return how strong the colour changes are, as if they were the code's."""
    between, chroma = answers.between[lag], answers.chroma[lag]
    seen = float((chroma * (np.linalg.pinv(between, rcond=1e-6) @ chroma)).sum())
    unit = float((_BETWEEN * (colours.T @ between @ colours)).sum())
    return float(np.expm1(np.sqrt(max(0.0, seen) / max(unit, _TINY))))


def _ratio(product: Array, squares: Array) -> Array:
    return np.asarray(product / np.sqrt(np.maximum(squares, _TINY)))
