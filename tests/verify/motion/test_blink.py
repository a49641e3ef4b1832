from dataclasses import replace

import numpy as np
import pytest

from tests.verify.motion.acting import REST, Moment, acted, both, broken, weigh, without_faces
from tests.verify.sessions import Shape
from verify.defaults import DEFAULT_POLICY
from verify.defaults.motion import MOTION
from verify.liveness.findings import RetryCode
from verify.liveness.motion.closure import closures
from verify.policy.motion import MotionPolicy

SHUT = both(0.6)
ONCE = ((800, REST), (250, SHUT), (900, REST))


@pytest.mark.parametrize("fps", [10, 15, 25, 30, 60])
def test_a_blink_is_seen_at_any_frame_rate(head: Shape, fps: float) -> None:
    result = weigh(head, acted(head, "blink", *ONCE, fps=fps))
    assert result.finding is None
    assert result.figures["blinks"] == 1
    assert result.figures["blink_share"] == pytest.approx(0.6, abs=0.06)
    assert result.figures["blink_reaction_ms"] == pytest.approx(950, abs=80)


@pytest.mark.parametrize("lasts", [130, 200, 400, 600])
def test_quick_and_slow_blinks_are_seen(head: Shape, lasts: int) -> None:
    scenes = ((800, REST), (lasts, SHUT), (900, REST))
    assert weigh(head, acted(head, "blink", *scenes)).finding is None


def test_two_blinks_are_two(head: Shape) -> None:
    twice = (*ONCE[:2], (400, REST), (250, SHUT), (900, REST))
    assert weigh(head, acted(head, "blink", *twice)).figures["blinks"] == 2


def test_open_eyes_are_no_blink(head: Shape) -> None:
    result = weigh(head, acted(head, "blink", (2000, REST)))
    assert broken(result) == ("blink_seen", RetryCode.ACTION_NOT_SEEN)
    assert result.figures["blink_share"] == 1


@pytest.mark.parametrize(
    "moment", [Moment(right=0.5), Moment(left=0.5), Moment(right=0.4, left=0.95)]
)
def test_a_wink_is_no_blink(head: Shape, moment: Moment) -> None:
    winked = acted(head, "blink", (800, REST), (250, moment), (900, REST))
    assert broken(weigh(head, winked))[0] == "blink_seen"


def test_eyes_that_narrow_slowly_do_not_blink(head: Shape) -> None:
    squint = acted(head, "blink", (1000, REST), (500, SHUT), (1000, REST), fade_ms=900)
    assert broken(weigh(head, squint))[0] == "blink_seen"


def test_eyes_must_open_again(head: Shape) -> None:
    assert broken(weigh(head, acted(head, "blink", (1200, REST), (600, SHUT))))[0] == "blink_seen"


def test_eyes_shut_for_long_do_not_blink(head: Shape) -> None:
    asleep = acted(head, "blink", (1500, REST), (1000, SHUT), (1500, REST))
    assert broken(weigh(head, asleep))[0] == "blink_seen"


def test_half_a_blink_is_not_what_was_asked_but_is_mentioned(head: Shape) -> None:
    half = acted(head, "blink", (800, REST), (250, both(0.85)), (900, REST))
    assert broken(weigh(head, half))[0] == "blink_seen"
    times = [67.0 * i for i in range(30)]
    eyes = [(0.83, 0.83) if 12 <= i < 16 else (1.0, 1.0) for i in range(30)]
    assert not closures(times, eyes, share=MOTION.max_blink_share, policy=MOTION)
    (seen,) = closures(times, eyes, share=MOTION.max_glimpse_share, policy=MOTION)
    assert (seen.first, seen.start_ms, seen.end_ms) == (12, 804, 1005)


def test_a_blink_sooner_than_a_person_can_react_is_too_fast(head: Shape) -> None:
    early = acted(head, "blink", (100, REST), (250, SHUT), (900, REST), since_reveal=0)
    assert broken(weigh(head, early)) == ("blink_reaction", RetryCode.TOO_FAST)


def test_a_blink_that_comes_by_itself_does_not_spoil_the_asked_one(head: Shape) -> None:
    scenes = ((100, REST), (200, SHUT), (500, REST), (250, SHUT), (700, REST))
    assert weigh(head, acted(head, "blink", *scenes, since_reveal=0)).finding is None


@pytest.mark.parametrize("aside", [{"yaw": 20.0}, {"pitch": 20.0}])
def test_a_head_that_moves_instead_or_besides_is_not_the_action(
    head: Shape, aside: dict[str, float]
) -> None:
    away = Moment(**aside)
    moved = acted(head, "blink", (600, REST), (600, away), (600, REST), fade_ms=400)
    assert broken(weigh(head, moved))[0] == "blink_seen"
    besides = acted(head, "blink", *ONCE, (600, away), (600, REST), fade_ms=70)
    assert broken(weigh(head, besides)) == ("blink_still", RetryCode.ACTION_NOT_SEEN)


def test_frames_without_a_face_are_passed_over(head: Shape) -> None:
    assert weigh(head, without_faces(acted(head, "blink", *ONCE), 3, 20)).finding is None


@pytest.mark.parametrize("seed", range(40))
def test_the_nets_own_noise_never_blinks(seed: int) -> None:
    """Open eyes of real clips vary by 3..4 percent from frame to frame."""
    rng = np.random.default_rng(seed)
    eyes = [(float(a), float(b)) for a, b in 0.25 * (1 + rng.normal(0, 0.04, (400, 2)))]
    times = [40.0 * i for i in range(400)]
    assert not closures(times, eyes, share=MOTION.max_glimpse_share, policy=MOTION)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_frames_show_no_blink(count: int) -> None:
    eyes = [(0.1, 0.1)] * count
    assert closures([40.0 * i for i in range(count)], eyes, share=0.8, policy=MOTION) == []


def test_every_limit_counts(head: Shape) -> None:
    step = acted(head, "blink", *ONCE)
    assert weigh(head, step).finding is None
    for field, value in (
        ("max_blink_share", 0.5),
        ("blink_open_share", 0.5),
        ("min_blink_fall", 0.6),
        ("blink_least_ms", 600.0),
        ("blink_most_ms", 200.0),
        ("max_stray", -1.0),
    ):
        motion = replace(MOTION, **{field: value})
        result = weigh(head, step, policy=replace(DEFAULT_POLICY, motion=motion))
        assert result.finding is not None, field
    assert not closures([0, 1, 2], [(1, 1), (0, 0), (1, 1)], share=0.9, policy=MotionPolicy())
