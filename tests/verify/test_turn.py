from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.verify import pictures
from tests.verify.sessions import (
    Actor,
    Shape,
    edited,
    flattened,
    honest,
    out_and_back,
    step,
    turned,
)
from verify import geometry
from verify.defaults import DEFAULT_POLICY
from verify.defaults.motion import MOTION
from verify.engine.tasks import Measuring
from verify.liveness.cues import CueResult, Modality
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import RetryCode
from verify.liveness.motion import MotionCue, check_rest
from verify.policy.motion import MotionPolicy
from verify.results import FrameMeasurement


def weigh(steps: Sequence[StepEvidence], motion: MotionPolicy = MOTION) -> CueResult:
    result = MotionCue().weigh(steps, replace(DEFAULT_POLICY, motion=motion))
    assert result is not None
    return result


def broken(steps: Sequence[StepEvidence]) -> tuple[str, RetryCode]:
    finding = weigh(steps).finding
    assert finding is not None
    return finding.gate, finding.code


def with_nose(frame: FrameMeasurement, times: float | None) -> FrameMeasurement:
    """The frame with its nose offset multiplied, or taken away."""
    face = frame.face
    assert face is not None
    nose = None if times is None or face.nose is None else times * face.nose
    return replace(frame, face=replace(face, nose=nose))


def with_turn(head: Shape, yaws: Sequence[float], turn: str = "turn_left") -> list[StepEvidence]:
    return [honest(head)[0], Actor(rest=head).step(step(turn, n=1), yaws)]


@pytest.mark.parametrize("turn", ["turn_left", "turn_right"])
def test_an_honest_turn_speaks_for_a_living_head(head: Shape, turn: str) -> None:
    result = weigh(honest(head, turn=turn))
    assert result.finding is None
    assert result.modality is Modality.GEOMETRY
    assert not result.spoof
    assert result.figures["turn_peak"] > 20
    assert result.figures["parallax"] > 0.05
    assert result.figures["agreement"] > 0.9
    assert result.figures["nose_gain"] > 0.6


def test_left_is_the_person_s_own_left_the_nose_goes_right(head: Shape) -> None:
    left = turned(head, 20)
    assert geometry.pose(left).yaw > 10
    assert left[4, 0] - left[[33, 263], 0].mean() > 5


@pytest.mark.parametrize("yaw", [-30, -15, 0, 15, 30])
def test_the_pose_of_a_mesh_is_the_pose_it_has(head: Shape, yaw: float) -> None:
    found = geometry.pose(turned(head, yaw, distance=1e6)).yaw
    assert found - geometry.pose(head).yaw == pytest.approx(yaw, abs=1.5)


def test_a_turn_the_other_way_is_not_the_action(head: Shape) -> None:
    assert broken(with_turn(head, [-yaw for yaw in out_and_back(24)]))[1] is (
        RetryCode.ACTION_NOT_SEEN
    )


def test_both_ways_to_be_safe_is_not_the_action(head: Shape) -> None:
    yaws = [*(-yaw for yaw in out_and_back(24)), *out_and_back(24)]
    assert broken(with_turn(head, yaws)) == ("turn_way", RetryCode.ACTION_NOT_SEEN)


def test_a_small_turn_is_not_the_action(head: Shape) -> None:
    assert broken(with_turn(head, out_and_back(10))) == ("turn_size", RetryCode.ACTION_NOT_SEEN)


def test_a_turn_starts_from_the_front(head: Shape) -> None:
    yaws = out_and_back(24)[11:]
    assert broken(with_turn(head, yaws)) == ("turn_start", RetryCode.ACTION_NOT_SEEN)


def test_a_turn_comes_back_to_the_front(head: Shape) -> None:
    yaws = out_and_back(24)[:19]
    assert broken(with_turn(head, yaws)) == ("turn_end", RetryCode.ACTION_NOT_SEEN)


def test_nobody_reacts_within_a_blink(head: Shape) -> None:
    first, second = honest(head)
    early = replace(second, revealed_ms=second.times[0] + 700)
    assert broken([first, early]) == ("turn_reaction", RetryCode.TOO_FAST)


def test_one_lost_frame_is_no_motion(head: Shape) -> None:
    yaws = [0.0] * 10 + [24.0] + [0.0] * 12
    assert broken(with_turn(head, yaws))[0] == "turn_size"


def test_frames_without_a_face_are_passed_over(head: Shape) -> None:
    first, second = honest(head)
    lost = edited(second, lambda frame: replace(frame, face=None), count=1)
    assert weigh([first, lost]).finding is None


def test_a_flat_picture_is_called_a_spoof_however_its_mesh_turns(head: Shape) -> None:
    actor = Actor(rest=head, flat=True)
    result = weigh([honest(head)[0], actor.step(step("turn_left", n=1), out_and_back(24))])
    assert result.spoof
    assert result.finding is not None
    assert (result.finding.gate, result.finding.code) == ("solid", RetryCode.NOT_VERIFIED)
    assert result.figures["parallax"] < MOTION.spoof_parallax


@pytest.mark.parametrize(
    "only",
    [{"min_parallax": 9.0}, {"min_depth_agreement": 1.1}, {"min_nose_gain": 9.0}],
)
def test_each_sign_of_depth_is_demanded_by_itself(head: Shape, only: dict[str, float]) -> None:
    assert weigh(honest(head)).finding is None
    finding = weigh(honest(head), replace(MOTION, **only)).finding
    assert finding is not None
    assert finding.gate == "solid"


def test_a_nose_that_goes_the_other_way_is_a_spoof(head: Shape) -> None:
    first, second = honest(head)

    result = weigh([first, edited(second, lambda frame: with_nose(frame, -1.0))])
    assert result.spoof
    assert result.finding is not None


def test_a_nod_in_place_of_a_turn_is_not_solid_evidence(head: Shape) -> None:
    first = honest(head)[0]
    nodding = Actor(rest=head).step(
        step("turn_left", n=1), out_and_back(24), pitch=lambda yaw: 1.2 * yaw
    )
    assert broken([first, nodding]) == ("solid", RetryCode.NOT_VERIFIED)


def test_without_any_nose_the_turn_is_not_believed(head: Shape) -> None:
    steps = [edited(evidence, lambda frame: with_nose(frame, None)) for evidence in honest(head)]
    assert broken(steps) == ("solid", RetryCode.NOT_VERIFIED)


def test_a_baseline_looks_at_the_camera(head: Shape) -> None:
    aside = Actor(rest=head).step(step(), [25.0] * 15)
    finding = check_rest(aside, MOTION)
    assert finding is not None
    assert (finding.gate, finding.code) == ("baseline_pose", RetryCode.NOT_ALIGNED)
    assert broken([aside, honest(head)[1]])[0] == "baseline_pose"


def test_a_baseline_does_not_look_up_or_down(head: Shape) -> None:
    down = Actor(rest=head).step(step(), [0.0] * 15, pitch=lambda _: 45.0)
    finding = check_rest(down, MOTION)
    assert finding is not None
    assert finding.gate == "baseline_pose"


def test_a_baseline_holds_still(head: Shape) -> None:
    swinging = Actor(rest=head).step(step(), [12 * np.sin(i) for i in range(15)])
    finding = check_rest(swinging, MOTION)
    assert finding is not None
    assert finding.gate == "baseline_still"


def test_a_session_without_a_turn_or_a_baseline_says_nothing(head: Shape) -> None:
    first, second = honest(head)
    assert MotionCue().weigh([first], DEFAULT_POLICY) is None
    assert MotionCue().weigh([second], DEFAULT_POLICY) is None


def test_the_weakest_of_several_turns_counts(head: Shape) -> None:
    first, good = honest(head)
    bad = Actor(rest=head).step(step("turn_right", n=2), out_and_back(24))
    assert broken([first, good, bad])[1] is RetryCode.ACTION_NOT_SEEN
    far, near = (Actor(rest=head).step(step("turn_left", n=1), out_and_back(a)) for a in (30, 18))
    weak = weigh([first, near]).figures
    for turns in ([far, near], [near, far]):
        assert weigh([first, *turns]).figures["parallax"] == weak["parallax"]
        assert weigh([first, *turns]).figures["turn_peak"] == weak["turn_peak"]


def test_the_empty_policy_believes_no_turn(head: Shape) -> None:
    assert weigh(honest(head), MotionPolicy()).finding is not None


def test_parallax_tells_depth_from_flatness_at_every_angle(head: Shape) -> None:
    for yaw in (12, 20, 30, -12, -20, -30):
        solid = geometry.parallax(head, turned(head, yaw))
        flat = geometry.parallax(head, flattened(head, yaw))
        assert solid.residual > 0.032
        assert solid.agreement > 0.9
        assert flat.residual < 0.004


def test_parallax_does_not_depend_on_distance_or_place(head: Shape) -> None:
    near = geometry.parallax(head, turned(head, 20) * 1.4 + [30, -12, 5])
    assert near.residual == pytest.approx(geometry.parallax(head, turned(head, 20)).residual)


@pytest.mark.parametrize("name", ["obama.jpg", "biden.jpg", "astronaut.png"])
@pytest.mark.parametrize("way", [1, -1])
def test_a_print_turned_by_hand_never_passes_for_a_turn(
    measurer: Measuring, portraits: Path, name: str, way: int
) -> None:
    portrait = pictures.read(portraits / name)
    angles = [0] * 3 + [4 * i for i in range(17)] + [4 * i for i in range(16, -1, -2)]
    frames = [pictures.jpeg(pictures.held_flat(portrait, way * angle)) for angle in angles]
    measured = measurer.measure(frames)
    rest = replace(honest_step("baseline"), frames=measured[:3], times=(0, 67, 134))
    for turn in ("turn_left", "turn_right"):
        times = tuple(67 * i for i in range(len(measured)))
        seen = replace(honest_step(turn), frames=measured, times=times)
        assert weigh([rest, seen]).finding is not None


def honest_step(kind: str) -> StepEvidence:
    return StepEvidence(
        step=step(kind, n=0 if kind == "baseline" else 1),
        times=(),
        revealed_ms=0,
        offset_ms=0,
        frames=(),
    )


def test_a_real_head_that_turns_is_seen_to_turn(measurer: Measuring, optional_faces: Path) -> None:
    """A webcam's clip, 25 frames a second: frontal, to the own left, and on to the right."""
    film = list(pictures.clip(optional_faces / "motion" / "clm_webcam_turn_mouth.mp4"))
    measured = measurer.measure([pictures.jpeg(frame) for frame in film[480:548:2]])
    policy = replace(MOTION, min_turn=12.0, return_share=0.6)
    times = tuple(80 * i for i in range(len(measured)))
    rest = replace(honest_step("baseline"), frames=measured[:8], times=times[:8])
    turn = replace(honest_step("turn_left"), frames=measured[:25], times=times[:25])
    result = weigh([rest, turn], policy)
    assert result.finding is None
    assert result.figures["parallax"] > MOTION.min_parallax
    away = replace(turn, step=step("turn_right", n=1))
    assert weigh([rest, away], policy).finding is not None


def test_real_heads_show_parallax_in_step_with_their_yaw(
    measurer: Measuring, optional_faces: Path
) -> None:
    film = pictures.clip(optional_faces / "motion" / "intel_head_turn_f.mp4")
    measured = measurer.measure([pictures.jpeg(frame) for frame in film])
    faces = [frame.face for frame in measured if frame.face is not None]
    rest = min(faces, key=lambda face: abs(face.yaw))
    shape = geometry.rest_shape([geometry.points_of(rest.mesh)])
    seen = [
        geometry.parallax(shape, geometry.points_of(face.mesh))
        for face in faces
        if abs(face.yaw - rest.yaw) > 15
    ]
    assert len(seen) > 10
    assert min(shift.residual for shift in seen) > MOTION.min_parallax
    assert min(shift.agreement for shift in seen) > MOTION.min_depth_agreement


def test_real_heads_that_hold_still_do_not_turn(measurer: Measuring, optional_faces: Path) -> None:
    film = list(pictures.clip(optional_faces / "motion" / "intel_frontal_m.mp4"))
    measured = measurer.measure([pictures.jpeg(frame) for frame in film[:30]])
    yaws = [frame.face.yaw for frame in measured if frame.face is not None]
    assert len(yaws) == 30
    assert max(abs(b - a) for a, b in pairwise(yaws)) < MOTION.onset_yaw
