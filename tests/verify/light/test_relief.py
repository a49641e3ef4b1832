from dataclasses import replace

import numpy as np
import pytest

from bench.liveness.lighthead import Surface, mesh_of, skin_places
from bench.liveness.lightscene import LAPTOP, PHONE, Scene, Screen, anyone, sheet
from bench.liveness.lightsim import film, light_steps
from verify import patches
from verify.liveness.light.code import fit_code
from verify.liveness.light.gains import skin_gains
from verify.liveness.light.relief import Relief, expected_gains, relief_of
from verify.liveness.light.series import LightSeries, series_of
from verify.liveness.light.surroundings import background_of, iris_of

BRIGHT = Scene(ratio=0.5)


def series(scene: Scene, seed: int = 1) -> LightSeries:
    rng = np.random.default_rng(seed)
    seen = series_of(film(light_steps(rng), scene, rng))
    assert seen is not None
    return seen


def relief(scene: Scene, seed: int = 1) -> Relief:
    seen = series(scene, seed)
    return relief_of(seen, skin_gains(seen, fit_code(seen, decoys=1)))


def heads(screen: Screen) -> list[Relief]:
    return [
        relief(
            replace(BRIGHT, screen=screen, surface=anyone(np.random.default_rng(seed))), seed=seed
        )
        for seed in range(8)
    ]


def sheets(*, bent: bool) -> list[Relief]:
    return [
        relief(replace(BRIGHT, surface=sheet(np.random.default_rng(seed), bent=bent)), seed=seed)
        for seed in range(8)
    ]


@pytest.mark.parametrize("screen", [PHONE, LAPTOP])
def test_a_head_answers_the_halves_as_its_own_relief_predicts(screen: Screen) -> None:
    seen = heads(screen)
    assert 0.6 < np.median([one.half.value for one in seen]) < 1.6
    assert min(one.half.value for one in seen) > 0.2
    assert min(one.full.value for one in seen) > 0.1


@pytest.mark.parametrize("bent", [False, True])
def test_a_sheet_answers_as_if_it_had_no_relief(bent: bool) -> None:  # noqa: FBT001
    seen = sheets(bent=bent)
    assert abs(np.median([one.half.value for one in seen])) < 0.1
    assert max(abs(one.half.value) for one in seen) < 0.4
    assert max(abs(one.full.value) for one in seen) < 0.08


@pytest.mark.parametrize("screen", [PHONE, LAPTOP])
def test_the_inside_of_a_head_answers_as_its_own_relief_predicts(screen: Screen) -> None:
    assert min(one.core.value for one in heads(screen)) > 0.1


@pytest.mark.parametrize("bent", [False, True])
def test_the_inside_of_a_sheet_has_no_relief(bent: bool) -> None:  # noqa: FBT001
    seen = sheets(bent=bent)
    assert max(abs(one.core.value) for one in seen) < 0.08


def test_an_outline_that_fades_is_no_relief_inside() -> None:
    """A tint that is laid over a face, and weaker at its rim, as a filter's mask makes it."""
    seen = series(replace(BRIGHT, surface=sheet(np.random.default_rng(3), bent=False)))
    gains = skin_gains(seen, fit_code(seen, decoys=1))
    places = patches.centres(seen.shape)[seen.places, :2]
    away = np.hypot(*((places - places.mean(axis=0)) * [1, 0.8]).T)
    faded = gains.full * np.where(away > np.quantile(away, 0.75), 0.4, 1.0)
    found = relief_of(seen, replace(gains, full=faded))
    assert abs(found.core.value) < 0.1
    assert abs(found.full.value) > 0.2


def test_the_stated_error_is_the_error_made() -> None:
    told = [one.half.value / one.half.error for one in sheets(bent=False)]
    assert 0.5 < float(np.std(told)) < 2.0


def test_a_mirrored_screen_turns_the_answer_round() -> None:
    """Left and right as the looker sees them: exchanged, the face contradicts its own mesh."""
    person = replace(BRIGHT, screen=LAPTOP, ratio=1.0)
    seen = series(person)
    swapped = tuple(
        replace(one, first=one.second, second=one.first) if one.pattern == "left_right" else one
        for one in seen.segments
    )
    mirrored = replace(seen, segments=swapped)
    code = fit_code(seen, decoys=1)
    assert relief_of(seen, skin_gains(seen, code)).left.value > 0.5
    assert relief_of(mirrored, skin_gains(mirrored, code)).left.value < -0.5


def test_the_left_half_lights_the_persons_left_cheek() -> None:
    """Which is on the picture's right; the upper half lights the brow."""
    places = np.array([[4.0, 0.0, 0.0], [-4.0, 0.0, 0.0], [0.0, -4.0, 0.0], [0.0, 4.0, 0.0]])
    normals = np.array([[0.6, 0, -0.8], [-0.6, 0, -0.8], [0, -0.6, -0.8], [0, 0.6, -0.8]])
    gains = expected_gains(places, normals)
    assert gains.left[0] > 0 > gains.left[1]
    ratio = gains.top / gains.full
    assert ratio[2] > ratio[3]
    assert gains.full.mean() == pytest.approx(1)


def test_the_background_of_a_print_answers_as_its_face_does_and_a_wall_does_not() -> None:
    for share, low, high in ((0.05, -0.3, 0.3), (0.95, 0.75, 1.15)):
        seen = series(replace(BRIGHT, background=share))
        found = background_of(seen, fit_code(seen, decoys=1))
        assert found is not None
        assert low < found < high


def test_what_was_not_measured_is_not_guessed() -> None:
    seen = series(BRIGHT)
    blank = replace(seen, background=np.full_like(seen.background, np.nan))
    code = fit_code(seen, decoys=1)
    assert background_of(blank, code) is None
    assert iris_of(seen, code) is None


def test_eyes_that_answer_more_than_skin_are_seen_to() -> None:
    seen = series(BRIGHT)
    mean = seen.skin.mean(axis=1, keepdims=True).repeat(2, axis=1)
    glossy = mean + 0.5 * (mean - mean.mean(axis=0))
    found = iris_of(replace(seen, iris=glossy), fit_code(seen, decoys=1))
    assert found is not None
    assert 1.2 < found < 1.8


def test_eyes_whose_answer_drowns_in_noise_say_nothing() -> None:
    seen = series(replace(BRIGHT, ratio=0.05))
    mean = seen.skin.mean(axis=1, keepdims=True).repeat(2, axis=1)
    code = fit_code(seen, decoys=1)
    glossy = mean + 0.5 * (mean - mean.mean(axis=0))
    noise = np.random.default_rng(4).normal(0, 0.2, mean.shape)
    assert iris_of(replace(seen, iris=glossy), code) is not None
    assert iris_of(replace(seen, iris=glossy + noise), code) is None


def test_eyes_that_darken_in_the_light_are_hidden_by_spectacles_and_say_nothing() -> None:
    seen = series(BRIGHT)
    mean = seen.skin.mean(axis=1, keepdims=True).repeat(2, axis=1)
    turned = mean - 1.5 * (mean - mean.mean(axis=0))
    assert iris_of(replace(seen, iris=turned), fit_code(seen, decoys=1)) is None


def test_normals_point_out_of_the_face() -> None:
    head = Surface()
    seen = patches.normals(mesh_of(head, pixels=90.0, centre=(240.0, 300.0)))
    true = head.normals(skin_places())
    assert (seen[:, 2] < 0).all()
    assert np.linalg.norm(seen, axis=1) == pytest.approx(np.ones(len(seen)))
    assert np.median((seen * true).sum(axis=1)) > 0.99


def test_patches_in_hair_or_beside_a_tint_are_left_out() -> None:
    """One patch without an answer, on a face that is tinted alike everywhere else."""
    seen = series(replace(BRIGHT, surface=sheet(np.random.default_rng(3), bent=False)))
    gains = skin_gains(seen, fit_code(seen, decoys=1))
    missing = np.where(np.arange(len(gains.full)) == 27, -0.04, gains.full)
    found = relief_of(seen, replace(gains, full=missing))
    assert abs(found.full.value) < 0.1
    assert abs(found.core.value) < 0.1


def test_a_face_that_hardly_answers_has_no_relief_to_speak_of() -> None:
    seen = series(BRIGHT)
    gains = skin_gains(seen, fit_code(seen, decoys=1))
    few = np.where(np.arange(len(gains.full)) < 11, gains.full, 0.0)
    found = relief_of(seen, replace(gains, full=few))
    assert (found.full.value, found.full.error) == (0.0, np.inf)
