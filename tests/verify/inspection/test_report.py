import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.verify.motion.acting import REST, Moment, both, film
from tests.verify.sessions import Shape, flattened, turned
from verify import geometry
from verify.defaults import DEFAULT_POLICY
from verify.expression import eyes_open, mouth_open
from verify.inspection.report import report
from verify.inspection.watching import Sighting, Watched


def sighting(points: Shape, t_ms: float) -> Sighting:
    return Sighting(
        t_ms=t_ms,
        pose=geometry.pose(points),
        eye_distance=geometry.eye_distance(points),
        eyes=eyes_open(points),
        mouth=mouth_open(points),
        luma=100.0,
        points=points,
        traces={"moire": t_ms} if t_ms < 200 else {},
    )


def watched(
    head: Shape, *scenes: tuple[int, Moment], fps: float = 15.0, fade_ms: int = 70
) -> list[Watched]:
    times, moments = film(*scenes, fps=fps, fade_ms=fade_ms)
    shapes = [
        turned(moment.shape(head), moment.yaw, pitch=moment.pitch, distance=1e6)
        for moment in moments
    ]
    return [
        Watched(t_ms=t_ms, faces=1, face=sighting(shape, t_ms))
        for t_ms, shape in zip(times, shapes, strict=True)
    ]


def told(frames: Sequence[Watched]) -> dict[str, Any]:
    result = report(frames, DEFAULT_POLICY)
    assert json.loads(json.dumps(result)) == result
    return result


def test_a_film_is_told_in_figures(head: Shape) -> None:
    look = Moment(yaw=30)
    result = told(watched(head, (1000, REST), (800, look), (1000, REST), fade_ms=400))
    assert result["fps_watched"] == pytest.approx(15, abs=0.2)
    assert result["faces"] == {"min": 1, "median": 1, "max": 1, "one_share": 1}
    assert result["yaw"]["max"] - result["yaw"]["min"] == pytest.approx(30, abs=2)
    assert result["planarity"]["yaw"] == pytest.approx(30, abs=2)
    assert result["planarity"]["residual"] > 0.05
    assert result["planarity"]["agreement"] > 0.9
    assert result["brightness"] == {"min": 100, "median": 100, "max": 100}
    assert result["forensics"] == {"moire": 67}
    assert result["notes"] == []


def test_blinks_and_openings_of_the_mouth_have_times(head: Shape) -> None:
    frames = watched(
        head,
        (1500, REST),
        (250, both(0.6)),
        (1500, REST),
        (600, Moment(lips=0.3)),
        (1500, REST),
        (200, both(0.5)),
        (1500, REST),
    )
    result = told(frames)
    assert [blink["start_s"] for blink in result["blinks"]] == pytest.approx([1.5, 5.35], abs=0.1)
    (opening,) = result["mouth_openings"]
    assert (opening["start_s"], opening["end_s"]) == pytest.approx((3.25, 3.85), abs=0.1)
    assert opening["gap"] == pytest.approx(0.3, abs=0.02)


def test_one_word_is_one_opening(head: Shape) -> None:
    wide = Moment(lips=0.3)
    frames = watched(head, (3000, REST), (300, wide), (150, REST), (300, wide), (1000, REST))
    assert len(told(frames)["mouth_openings"]) == 1
    frames = watched(head, (3000, REST), (300, wide), (600, REST), (300, wide), (1000, REST))
    assert len(told(frames)["mouth_openings"]) == 2


def test_a_flat_picture_shows_no_parallax(head: Shape) -> None:
    yaws = [30 * np.sin(i / 5) for i in range(40)]
    frames = [
        Watched(t_ms=67.0 * i, faces=1, face=sighting(flattened(head, yaw), 67.0 * i))
        for i, yaw in enumerate(yaws)
    ]
    assert told(frames)["planarity"]["residual"] < DEFAULT_POLICY.motion.spoof_parallax


def test_without_a_turn_nothing_is_said_about_depth(head: Shape) -> None:
    result = told(watched(head, (2000, REST)))
    assert result["planarity"] is None
    assert result["notes"] == ["HEAD_NOT_TURNED"]


def test_blinks_between_the_frames_of_a_slow_film_are_not_denied(head: Shape) -> None:
    result = told(watched(head, (4000, REST), fps=5))
    assert result["blinks"] is None
    assert result["mouth_openings"] is None
    assert "TOO_FEW_FRAMES_A_SECOND" in result["notes"]


def test_small_faces_are_noted(head: Shape) -> None:
    assert "FACE_TOO_SMALL" in told(watched(head * 0.1, (1000, REST)))["notes"]


def test_a_film_of_nobody_says_so() -> None:
    result = told([Watched(t_ms=40.0 * i, faces=0, face=None) for i in range(5)])
    assert result["faces"] == {"min": 0, "median": 0, "max": 0, "one_share": 0}
    assert result["yaw"] is result["planarity"] is result["forensics"] is None
    assert result["blinks"] == result["mouth_openings"] == []
    assert result["notes"] == ["NO_FACE"]


def test_frames_with_two_faces_are_counted(head: Shape) -> None:
    frames = watched(head, (1000, REST))
    frames = [replace(frame, faces=1 + index % 2) for index, frame in enumerate(frames[:10])]
    faces = told(frames)["faces"]
    assert faces == {"min": 1, "median": 1.5, "max": 2, "one_share": 0.5}
