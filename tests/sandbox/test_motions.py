from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.phone.motions import MOTIONS, UnknownStepError, perform
from sandbox.phone.pose import Pose

SEEDS = st.integers(0, 2**32 - 1)
REACTION_S = 0.15  # what the server demands; people take twice as long


def poses(kind: str, seed: int) -> list[Pose]:
    """Fifteen a second until everything asked has been done."""
    performance = perform(kind, np.random.default_rng(seed))
    return [performance(t) for t in np.arange(0, performance.seconds + 0.1, 1 / 15)]


@given(SEEDS)
def test_a_turn_goes_out_to_the_asked_side_and_back(seed: int) -> None:
    for kind, way in (("turn_left", 1), ("turn_right", -1)):
        yaws = [way * pose.yaw for pose in poses(kind, seed)]
        assert 20 < max(yaws) < 29
        assert min(yaws) > -1.5
        assert abs(yaws[0]) < 1
        assert abs(yaws[-1]) < 1.5


@given(SEEDS)
def test_a_nod_brings_the_chin_down_and_back(seed: int) -> None:
    pitches = [pose.pitch for pose in poses("nod", seed)]
    assert -20 < min(pitches) < -11.5
    assert max(pitches) < 1
    assert abs(pitches[-1]) < 1.5


@given(SEEDS)
def test_a_blink_shuts_the_eyes_for_three_to_five_frames_once_or_twice(seed: int) -> None:
    shut = [pose.blink > 0.6 for pose in poses("blink", seed)]
    runs = "".join("x" if each else " " for each in shut).split()
    assert 1 <= len(runs) <= 2
    assert all(3 <= len(run) <= 5 for run in runs)
    assert not shut[-1]


@given(SEEDS)
def test_a_mouth_opens_wide_and_closes(seed: int) -> None:
    openings = [pose.mouth for pose in poses("mouth", seed)]
    assert 0.6 < max(openings) <= 1.0
    assert openings[0] == openings[-1] == 0


@given(SEEDS)
def test_who_comes_closer_stays_or_goes_back(seed: int) -> None:
    ways = [pose.nearer for pose in poses("closer", seed)]
    assert 0.2 < max(ways) < 0.33
    assert ways[0] == 0
    assert ways[-1] == pytest.approx(max(ways)) or ways[-1] == 0


@given(SEEDS, st.sampled_from(sorted(set(MOTIONS) - {"baseline", "light"})))
def test_nobody_moves_before_a_reaction_is_possible(seed: int, kind: str) -> None:
    performance = perform(kind, np.random.default_rng(seed))
    for t in np.arange(0, REACTION_S + 0.1, 0.01):
        pose = performance(t)
        assert max(abs(pose.yaw), abs(pose.pitch)) < 1
        assert pose.blink == pose.mouth == pose.nearer == 0


@pytest.mark.parametrize(
    "told",
    [lambda p: max(p.yaw for p in p), len],
    ids=["amplitude", "duration"],
)
def test_no_two_people_move_alike(told: Callable[[list[Pose]], float]) -> None:
    assert len({told(poses("turn_left", seed)) for seed in range(12)}) > 3


@pytest.mark.parametrize("kind", ["baseline", "light"])
def test_who_is_not_asked_to_move_holds_still(kind: str) -> None:
    for pose in poses(kind, 3):
        assert max(abs(pose.yaw), abs(pose.pitch), abs(pose.roll)) < 1
        assert pose.blink == pose.mouth == pose.nearer == 0


def test_an_unknown_motion_is_not_performed() -> None:
    with pytest.raises(UnknownStepError, match="somersault"):
        perform("somersault", np.random.default_rng(1))
