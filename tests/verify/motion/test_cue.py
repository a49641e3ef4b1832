from dataclasses import replace

import pytest

from tests.verify.motion.acting import REST, Moment, acted, baseline, both, broken, weigh
from tests.verify.sessions import Shape
from verify.defaults import DEFAULT_POLICY
from verify.defaults.motion import MOTION
from verify.expression import eyes_open
from verify.liveness.challenge import KINDS
from verify.liveness.cues import Modality
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import RetryCode
from verify.liveness.motion import MotionCue, check_rest
from verify.liveness.motion.cue import ACTIONS
from verify.policy.motion import MotionPolicy

AS_ASKED: dict[str, tuple[Moment, int]] = {
    "turn_left": (Moment(yaw=24), 400),
    "turn_right": (Moment(yaw=-24), 400),
    "nod": (Moment(pitch=15), 350),
    "blink": (both(0.6), 70),
    "mouth": (Moment(lips=0.35), 100),
    "closer": (Moment(size=1.3), 400),
}


def done(head: Shape, kind: str, *, asked: str | None = None, n: int = 1) -> StepEvidence:
    """What one kind of step asks, as the answer to another if need be."""
    moment, fade_ms = AS_ASKED[kind]
    lasts = 250 if kind == "blink" else 600
    scenes = ((700, REST), (lasts, moment), (900, REST))
    return acted(head, asked or kind, *scenes, fade_ms=fade_ms, n=n)


def test_every_movement_there_is_has_a_judge() -> None:
    assert set(ACTIONS) == set(KINDS) - {"baseline", "light"} == set(AS_ASKED)


@pytest.mark.parametrize("asked", AS_ASKED)
@pytest.mark.parametrize("made", AS_ASKED)
def test_only_the_asked_movement_is_the_asked_movement(head: Shape, asked: str, made: str) -> None:
    result = weigh(head, done(head, made, asked=asked))
    assert result.modality is Modality.GEOMETRY
    if asked == made:
        assert result.finding is None
    else:
        assert broken(result)[1] is RetryCode.ACTION_NOT_SEEN


def test_the_first_movement_to_fail_is_the_finding(head: Shape) -> None:
    good = done(head, "turn_left")
    bad = done(head, "turn_left", asked="mouth", n=2)
    worse = done(head, "mouth", asked="nod", n=3)
    assert broken(weigh(head, good, bad, worse))[0] == "mouth_seen"
    assert broken(weigh(head, good, worse, bad))[0] == "nod_seen"


def test_figures_of_all_movements_are_told(head: Shape) -> None:
    steps = [done(head, kind, n=n) for n, kind in enumerate(AS_ASKED, start=1)]
    result = weigh(head, *steps)
    assert result.finding is None
    names = {"parallax", "agreement", "nose_gain", "turn_peak"}
    names |= {"nod_peak", "nod_parallax", "blink_share", "mouth_gap", "closer_growth"}
    assert names <= set(result.figures)


def test_a_session_without_movements_or_without_a_baseline_says_nothing(head: Shape) -> None:
    light = acted(head, "light", (1000, REST))
    assert MotionCue().weigh([baseline(head)], DEFAULT_POLICY) is None
    assert MotionCue().weigh([baseline(head), light], DEFAULT_POLICY) is None
    assert MotionCue().weigh([done(head, "blink")], DEFAULT_POLICY) is None


@pytest.mark.parametrize("kind", AS_ASKED)
def test_the_empty_policy_believes_no_movement(head: Shape, kind: str) -> None:
    lenient = replace(
        MotionPolicy(),
        max_baseline_yaw=90.0,
        max_baseline_pitch=90.0,
        max_baseline_spread=90.0,
        min_baseline_eyes=0.0,
    )
    policy = replace(DEFAULT_POLICY, motion=lenient)
    result = weigh(head, done(head, kind), policy=policy)
    assert broken(result)[1] is RetryCode.ACTION_NOT_SEEN


def test_eyes_that_are_shut_at_rest_are_asked_to_open(head: Shape) -> None:
    asleep = baseline(head, both(0.2))
    finding = check_rest(asleep, MOTION)
    assert finding is not None
    assert (finding.gate, finding.code) == ("baseline_eyes", RetryCode.EYES_CLOSED)
    assert check_rest(baseline(head), MOTION) is None


def test_one_open_eye_is_enough_for_a_baseline(head: Shape) -> None:
    assert check_rest(baseline(head, Moment(left=0.1)), MOTION) is None


def test_eyes_are_told_apart(head: Shape) -> None:
    right, left = eyes_open(Moment(right=0.5).shape(head))
    assert right == pytest.approx(eyes_open(head)[0] / 2)
    assert left == pytest.approx(eyes_open(head)[1])
