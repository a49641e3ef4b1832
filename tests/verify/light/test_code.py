from dataclasses import replace

import numpy as np
import pytest

from bench.liveness.lightscene import BANDS, LAPTOP, PHONE, Scene, anyone, sheet
from bench.liveness.lightsim import film, light_steps
from verify.defaults import DEFAULT_POLICY
from verify.liveness.cues import CueResult, Modality
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.liveness.light.cue import LightCue
from verify.policy.light import LightPolicy
from verify.results import FrameMeasurement

PERSON = Scene(ratio=0.2, lag_ms=90.0)


def lit(
    scene: Scene = PERSON, *, seed: int = 1, by_another_code: bool = False
) -> list[StepEvidence]:
    rng = np.random.default_rng(seed)
    steps = light_steps(rng)
    return film(steps, scene, rng, shown=light_steps(rng) if by_another_code else None)


def weigh(steps: list[StepEvidence]) -> CueResult:
    result = LightCue().weigh(steps, DEFAULT_POLICY)
    assert result is not None
    assert result.modality is Modality.LIGHT
    assert all(np.isfinite(value) for value in result.figures.values())
    return result


def broken(steps: list[StepEvidence]) -> tuple[str, RetryCode]:
    finding = weigh(steps).finding
    assert finding is not None
    return finding.gate, finding.code


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("screen", [PHONE, LAPTOP])
def test_a_face_lit_by_the_shown_code_is_believed_in_every_skin_band(
    band: str, screen: object
) -> None:
    for seed in range(4):
        result = weigh(lit(replace(PERSON, band=band, screen=screen), seed=seed))  # type: ignore[arg-type]
        assert result.finding is None
        assert result.figures["score"] > 0.85
        assert result.figures["rank"] == 1.0


def test_the_lag_of_screen_and_camera_is_measured() -> None:
    for lag_ms in (50, 90, 130):
        seen = weigh(lit(replace(PERSON, lag_ms=float(lag_ms)), seed=lag_ms)).figures["lag_ms"]
        assert seen == pytest.approx(lag_ms, abs=25)


def test_the_brightness_of_the_screen_against_the_room_is_measured() -> None:
    for ratio in (0.1, 0.4):
        seen = np.median(
            [weigh(lit(replace(PERSON, ratio=ratio), seed=n)).figures["ratio"] for n in range(21)]
        )
        assert seen == pytest.approx(ratio, rel=0.25)


def test_a_screen_too_dim_to_tell_is_no_accusation() -> None:
    for ratio in (0.0, 0.01):
        steps = lit(replace(PERSON, ratio=ratio))
        assert broken(steps) == ("light_ratio", RetryCode.INSUFFICIENT_LIGHT)
        assert not weigh(steps).spoof


def test_a_sheet_that_follows_the_code_has_no_relief_to_show() -> None:
    flat = replace(PERSON, ratio=0.5, surface=sheet(np.random.default_rng(2), bent=False))
    assert broken(lit(flat)) == ("light_relief", RetryCode.NOT_VERIFIED)


def test_relief_that_drowns_in_noise_asks_for_more_light() -> None:
    light = replace(DEFAULT_POLICY.light, min_relief_t=60.0)
    result = LightCue().weigh(lit(), replace(DEFAULT_POLICY, light=light))
    assert result is not None
    assert result.finding == Finding(gate="light_relief", code=RetryCode.INSUFFICIENT_LIGHT)
    assert "beta_full" in result.figures


def test_a_face_lit_by_another_code_is_refused() -> None:
    for seed in range(12):
        gate = broken(lit(seed=seed, by_another_code=True))
        assert gate in {
            ("light_code", RetryCode.NOT_VERIFIED),
            ("light_ratio", RetryCode.INSUFFICIENT_LIGHT),
        }


def test_a_face_relit_by_a_machine_comes_too_late() -> None:
    for lag_ms in (240, 300):
        steps = lit(replace(PERSON, lag_ms=float(lag_ms)))
        assert broken(steps) == ("light_late", RetryCode.NOT_VERIFIED)


def test_light_before_it_was_shown_breaks_the_protocol() -> None:
    steps = lit(replace(PERSON, lag_ms=0.0))
    assert broken(steps) == ("light_lag", RetryCode.REJECTED_PROTOCOL)


def test_the_blocks_share_one_lag() -> None:
    for seed in range(4):
        first, second = lit(seed=seed)
        assert second.shown_ms is not None
        moved = replace(second, shown_ms=second.shown_ms - 300)
        assert broken([first, moved])[0] in {"light_code", "light_late", "light_lag"}


def test_the_order_of_the_pictures_counts() -> None:
    for seed in range(6):
        first, second = lit(seed=seed)
        turned = replace(first, step=replace(first.step, segments=first.step.segments[::-1]))
        assert weigh([turned, second]).finding is not None


def test_steps_without_light_say_nothing() -> None:
    steps = [replace(step, step=replace(step.step, segments=())) for step in lit()]
    assert LightCue().weigh(steps, DEFAULT_POLICY) is None


def test_faces_whose_light_was_not_measured_are_not_judged() -> None:
    first, second = lit()
    blind = replace(first, frames=first.frames[:9], times=first.times[:9])
    assert broken([blind, second]) == ("light_unseen", RetryCode.FACE_NOT_VISIBLE)
    assert broken([replace(first, shown_ms=None), second])[0] == "light_unseen"


def glaring(steps: list[StepEvidence], luma: float) -> list[StepEvidence]:
    """The steps with most of the skin beyond what the camera can tell."""
    content = np.full((36, 3), np.nan, "<f4").tobytes()
    frames = []
    for frame in steps[0].frames:
        assert frame.face is not None
        assert frame.face.radiance is not None
        blind = replace(frame.face.radiance, skin=content)
        frames.append(replace(frame, face=replace(frame.face, luma=luma, radiance=blind)))
    return [replace(steps[0], frames=tuple(frames)), *steps[1:]]


def burnt(frame: FrameMeasurement, index: int) -> FrameMeasurement:
    """The frame with some patches of the skin too bright to tell in some of the colours."""
    assert frame.face is not None
    assert frame.face.radiance is not None
    skin = np.frombuffer(frame.face.radiance.skin, "<f4").reshape(36, 3).copy()
    skin[index % 3 :: 5, 2] = np.nan
    light = replace(frame.face.radiance, skin=skin.tobytes())
    return replace(frame, face=replace(frame.face, radiance=light))


def test_a_burnt_out_or_black_face_is_told_so() -> None:
    assert broken(glaring(lit(), 220.0)) == ("light_unseen", RetryCode.TOO_BRIGHT)
    steps = glaring(lit(), 20.0)
    assert broken([steps[0], *glaring(steps[1:], 20.0)]) == ("light_unseen", RetryCode.TOO_DARK)


def test_some_lost_frames_and_burnt_out_patches_are_borne() -> None:
    first, second = lit()
    frames = tuple(
        replace(frame, face=None) if index % 9 == 4 else burnt(frame, index)
        for index, frame in enumerate(first.frames)
    )
    assert weigh([replace(first, frames=frames), second]).finding is None


def test_the_empty_policy_believes_no_light() -> None:
    hollow = replace(DEFAULT_POLICY, light=LightPolicy())
    result = LightCue().weigh(lit(), hollow)
    assert result is not None
    assert result.finding is not None


def test_the_same_session_gives_the_same_figures() -> None:
    assert weigh(lit()).figures == weigh(lit()).figures


@pytest.mark.parametrize("bent", [False, True])
def test_a_sheet_held_to_a_bright_screen_is_seen_to_be_one(bent: bool) -> None:  # noqa: FBT001
    for seed in range(5):
        paper = sheet(np.random.default_rng(seed), bent=bent)
        scene = replace(PERSON, ratio=1.0, surface=paper, background=0.95)
        result = weigh(lit(scene, seed=seed))
        assert result.finding == Finding(gate="light_relief", code=RetryCode.NOT_VERIFIED)
        assert result.spoof
        head = weigh(
            lit(replace(scene, surface=anyone(np.random.default_rng(seed)), background=0.05))
        )
        assert not head.spoof
        assert not weigh(lit(replace(scene, background=0.05), seed=seed)).spoof
