import numpy as np
import pytest

from tests.verify.motion.acting import REST, Moment, acted, broken, weigh
from tests.verify.sessions import Shape, turned
from verify.expression import nearness, perspective
from verify.liveness.findings import RetryCode

NEAR = Moment(size=1.3)


@pytest.mark.parametrize(
    "scenes",
    [((600, REST), (900, NEAR)), ((600, REST), (600, NEAR), (600, REST))],
    ids=["stays", "goes back"],
)
def test_a_face_that_comes_closer_grows(
    head: Shape, scenes: tuple[tuple[int, Moment], ...]
) -> None:
    result = weigh(head, acted(head, "closer", *scenes, fade_ms=400))
    assert result.finding is None
    assert result.figures["closer_growth"] == pytest.approx(0.3, abs=0.02)


def test_it_counts_from_where_the_step_began(head: Shape) -> None:
    """Who has moved the phone since the baseline still has to come closer."""
    there = acted(head, "closer", (2000, NEAR))
    assert broken(weigh(head, there))[0] == "closer_seen"


@pytest.mark.parametrize(
    ("scenes", "gate"),
    [
        (((2000, REST),), "closer_seen"),
        (((600, REST), (900, Moment(size=1.08))), "closer_seen"),
        (((600, REST), (900, Moment(size=0.7))), "closer_seen"),
        (((600, REST), (600, Moment(yaw=24)), (600, REST)), "closer_seen"),
        (((600, REST), (600, Moment(size=1.3, yaw=24)), (600, REST)), "closer_still"),
    ],
)
def test_another_movement_is_not_the_action(
    head: Shape, scenes: tuple[tuple[int, Moment], ...], gate: str
) -> None:
    step = acted(head, "closer", *scenes, fade_ms=300)
    assert broken(weigh(head, step)) == (gate, RetryCode.ACTION_NOT_SEEN)


def test_nobody_comes_closer_within_a_blink(head: Shape) -> None:
    early = acted(head, "closer", (300, REST), (900, NEAR), since_reveal=-250)
    assert broken(weigh(head, early)) == ("closer_reaction", RetryCode.TOO_FAST)


@pytest.mark.parametrize("yaw", [-25, 25])
def test_turning_is_not_growing(head: Shape, yaw: float) -> None:
    away = turned(head, yaw, distance=1e6)
    assert nearness(away) == pytest.approx(nearness(head), rel=1e-4)


def test_a_near_head_s_nose_is_wide_for_its_eyes_a_near_print_s_is_not(head: Shape) -> None:
    flat = np.asarray(head * [1, 1, 0])
    far, near = (perspective(turned(head, 0, distance=d)) for d in (8.0, 2.0))
    assert near / far > 1.03
    assert perspective(turned(flat, 0, distance=2.0)) == pytest.approx(perspective(flat))
