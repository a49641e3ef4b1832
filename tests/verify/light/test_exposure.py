from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.liveness.lightscene import PHONE, Scene
from bench.liveness.lightsim import film, light_steps
from verify.liveness.light.code import fit_code
from verify.liveness.light.exposure import exposure_of
from verify.liveness.light.series import LightSeries, series_of

Array = NDArray[np.float64]

FAINT = Scene(ratio=0.05, band="light", screen=PHONE, lag_ms=90.0)
DECOYS = 200


def seen(scene: Scene = FAINT, *, seed: int = 1) -> LightSeries:
    rng = np.random.default_rng(seed)
    series = series_of(film(light_steps(rng), scene, rng))
    assert series is not None
    return series


def exposed(series: LightSeries, gain: Array) -> LightSeries:
    """The series as a camera leaves it whose exposure changes so, T, natural log."""
    change = gain[:, None, None]
    return replace(series, skin=series.skin + change, background=series.background + change)


def answering(series: LightSeries) -> Array:
    """What an exposure does that meters the face: it takes back what the face has in common."""
    face = series.skin.mean(axis=(1, 2))
    return np.asarray(face.mean() - face)


def score(series: LightSeries) -> float:
    return fit_code(series, decoys=DECOYS).score


def without_a_wall(series: LightSeries) -> LightSeries:
    return replace(series, background=np.full_like(series.background, np.nan))


def test_an_exposure_that_follows_the_face_hides_no_code_before_a_wall() -> None:
    for seed in range(6):
        plain = seen(seed=seed)
        followed = exposed(plain, answering(plain))
        assert score(without_a_wall(followed)) < 0.85
        assert score(followed) > score(without_a_wall(followed)) + 0.1
        assert score(followed) == pytest.approx(score(plain), abs=0.03)


def test_the_exposure_is_read_from_the_wall() -> None:
    plain = seen()
    gain = 0.1 * np.sin(np.arange(len(plain.elapsed)) / 5)
    before, after = exposure_of(plain), exposure_of(exposed(plain, gain))
    assert before is not None
    assert after is not None
    assert after - before == pytest.approx(gain)


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda wall, rng: wall + rng.normal(0, 0.5, (len(wall), 1, 1)),  # somebody walks there
        lambda wall, _: wall + np.linspace(0, 3, len(wall))[:, None, None],  # a curtain opens
        lambda wall, _: np.full_like(wall, np.nan),  # too dark to tell
    ],
    ids=["crossed", "brightening", "dark"],
)
def test_a_wall_that_tells_nothing_harms_nobody(
    spoilt: Callable[[Array, np.random.Generator], Array],
) -> None:
    for seed in range(4):
        plain = without_a_wall(seen(seed=seed))
        there = seen(seed=seed).background
        spoiled = replace(plain, background=spoilt(there, np.random.default_rng(seed)))
        assert score(spoiled) >= score(plain) - 1e-9


def test_a_wall_seen_in_few_frames_does_not_count_and_holes_are_bridged() -> None:
    plain = seen()
    known = exposure_of(plain)
    assert known is not None
    background = plain.background.copy()
    background[10] = np.nan
    bridged = exposure_of(replace(plain, background=background))
    assert bridged is not None
    assert bridged[10] == pytest.approx((known[9] + known[11]) / 2, abs=0.02)
    background[::2] = np.nan
    assert exposure_of(replace(plain, background=background)) is None


def test_a_picture_whose_wall_answers_as_its_face_gains_nothing() -> None:
    for seed in range(4):
        sheet = seen(replace(FAINT, ratio=0.2, background=1.0), seed=seed)
        assert score(sheet) == pytest.approx(score(without_a_wall(sheet)), abs=0.02)
