from dataclasses import replace

import numpy as np
import pytest

from tests.verify.motion.acting import REST, Moment, acted, broken, weigh
from tests.verify.sessions import Shape, turned
from verify import geometry
from verify.defaults import DEFAULT_POLICY
from verify.defaults.motion import MOTION
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import RetryCode

DOWN, UP = Moment(pitch=15), Moment(pitch=-15)
ONCE = ((700, REST), (500, DOWN), (700, REST))


def nodded(head: Shape, *scenes: tuple[int, Moment], since_reveal: int = 150) -> StepEvidence:
    return acted(head, "nod", *scenes, fade_ms=350, since_reveal=since_reveal)


def test_positive_pitch_looks_down(head: Shape) -> None:
    assert geometry.pose(turned(head, 0, pitch=15)).pitch - geometry.pose(head).pitch > 10
    assert turned(head, 0, pitch=15)[4, 1] > head[4, 1]


def test_a_nod_goes_down_and_comes_back(head: Shape) -> None:
    result = weigh(head, nodded(head, *ONCE))
    assert result.finding is None
    assert not result.spoof
    assert result.figures["nod_peak"] == pytest.approx(15, abs=3)
    assert result.figures["nod_parallax"] > MOTION.min_parallax
    assert result.figures["nod_agreement"] > 0.9


def test_a_nod_may_swing_up_as_well(head: Shape) -> None:
    swing = ((600, REST), (350, DOWN), (350, UP), (350, DOWN), (600, REST))
    assert weigh(head, nodded(head, *swing)).finding is None


@pytest.mark.parametrize(
    ("scenes", "gate"),
    [
        (((2000, REST),), "nod_seen"),
        (((700, REST), (500, Moment(pitch=5)), (700, REST)), "nod_seen"),
        (((700, REST), (500, UP), (700, REST)), "nod_seen"),
        (((700, REST), (500, Moment(yaw=24)), (700, REST)), "nod_seen"),
        (((700, DOWN), (700, REST)), "nod_start"),
        (((700, UP), (500, DOWN), (700, REST)), "nod_start"),
        (((700, REST), (700, DOWN)), "nod_end"),
        (((700, REST), (500, Moment(pitch=15, yaw=20)), (700, REST)), "nod_straight"),
    ],
)
def test_another_movement_is_not_the_action(
    head: Shape, scenes: tuple[tuple[int, Moment], ...], gate: str
) -> None:
    assert broken(weigh(head, nodded(head, *scenes))) == (gate, RetryCode.ACTION_NOT_SEEN)


def test_nobody_nods_within_a_blink(head: Shape) -> None:
    early = nodded(head, (150, REST), (400, DOWN), (700, REST), since_reveal=-100)
    assert broken(weigh(head, early)) == ("nod_reaction", RetryCode.TOO_FAST)


@pytest.mark.parametrize("limit", ["min_parallax", "min_depth_agreement"])
def test_each_sign_of_depth_is_demanded_by_itself(head: Shape, limit: str) -> None:
    policy = replace(DEFAULT_POLICY, motion=replace(MOTION, **{limit: 9.0}))
    result = weigh(head, nodded(head, *ONCE), policy=policy)
    assert broken(result) == ("nod_solid", RetryCode.NOT_VERIFIED)


def test_a_flat_picture_that_nods_is_called_a_spoof(head: Shape) -> None:
    """Its mesh pitches as a head's would, and only the plane moves."""
    flat = head * [1, 1, 0]
    step = nodded(head, *ONCE)
    frames = []
    for frame in step.frames:
        face = frame.face
        assert face is not None
        pitch = face.pitch - geometry.pose(head).pitch
        plane = turned(flat, 0, pitch=pitch)
        shape = np.column_stack([plane[:, :2], turned(head, 0, pitch=pitch)[:, 2]])
        mesh = np.rint((shape + np.array([320, 240, 0])) * 16).astype("<i2").tobytes()
        frames.append(replace(frame, face=replace(face, mesh=mesh)))
    result = weigh(head, replace(step, frames=tuple(frames)))
    assert broken(result) == ("nod_solid", RetryCode.NOT_VERIFIED)
    assert result.spoof
