"""Clips of real heads, beside the checkout where present; what one sees in them is written here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.verify import pictures, sessions
from tests.verify.pictures import Picture
from verify.defaults import DEFAULT_POLICY
from verify.engine.tasks import Measuring
from verify.liveness.cues import CueResult
from verify.liveness.evidence import StepEvidence
from verify.liveness.motion import MotionCue


def evidence(
    measurer: Measuring, kind: str, frames: Sequence[Picture], *, gap_ms: int
) -> StepEvidence:
    return StepEvidence(
        step=sessions.step(kind, n=0 if kind == "baseline" else 1),
        times=tuple(gap_ms * index for index in range(len(frames))),
        revealed_ms=0,
        offset_ms=200,
        frames=measurer.measure([pictures.jpeg(frame) for frame in frames]),
    )


def judged(rest: StepEvidence, step: StepEvidence, kind: str) -> CueResult:
    asked = replace(step, step=sessions.step(kind, n=1))
    result = MotionCue().weigh([rest, asked], DEFAULT_POLICY)
    assert result is not None
    return result


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What one sees in part of a clip; frame numbers at 25 a second."""

    clip: str
    rest: tuple[int, int]
    action: tuple[int, int]
    seen: str


SCENES = (
    Scene(clip="clm_webcam_blinks", rest=(0, 8), action=(0, 44), seen="nod"),
    Scene(clip="clm_webcam_blinks", rest=(80, 90), action=(78, 126), seen="blink"),
    Scene(clip="clm_webcam_blinks", rest=(222, 236), action=(230, 290), seen="closer"),
    Scene(clip="clm_webcam_turn_mouth", rest=(6, 26), action=(34, 96), seen="blink"),
    Scene(clip="clm_webcam_turn_mouth", rest=(354, 378), action=(410, 456), seen="blink"),
    Scene(clip="clm_webcam_turn_mouth", rest=(354, 378), action=(368, 434), seen="mouth"),
    Scene(clip="clm_webcam_turn_mouth", rest=(430, 442), action=(434, 496), seen="mouth"),
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: f"{scene.seen}-{scene.action[0]}")
def test_a_real_head_is_seen_to_do_what_it_does_and_nothing_else(
    measurer: Measuring, optional_faces: Path, scene: Scene
) -> None:
    film = list(pictures.clip(optional_faces / "motion" / f"{scene.clip}.mp4"))
    rest = evidence(measurer, "baseline", film[slice(*scene.rest)], gap_ms=40)
    step = evidence(measurer, scene.seen, film[slice(*scene.action, 2)], gap_ms=80)
    done = {
        asked
        for asked in ("turn_left", "turn_right", "nod", "blink", "mouth", "closer")
        if judged(rest, step, asked).finding is None
    }
    assert scene.seen in done
    assert done <= {scene.seen, "blink"}  # who speaks or looks away may blink besides


def tilted(portrait: Picture) -> Iterator[Picture]:
    """A print held upright, its upper edge tilted towards the camera and back."""
    lying = np.ascontiguousarray(portrait.transpose(1, 0, 2))
    for degrees in (*range(0, 54, 3), *range(54, -1, -6)):
        held = pictures.held_flat(lying, degrees, lens=1.5 * portrait.shape[1] / portrait.shape[0])
        yield np.ascontiguousarray(held.transpose(1, 0, 2))


def nearing(portrait: Picture) -> Iterator[Picture]:
    """A print that is brought closer."""
    height, width = portrait.shape[:2]
    for growth in (*[1.0] * 5, *np.linspace(1, 1.4, 12), *[1.4] * 5):
        matrix = np.array([[growth, 0, 0], [0, growth, 0]])
        matrix[:, 2] = (1 - growth) * np.array([width, height]) / 2
        yield np.asarray(cv2.warpAffine(portrait, matrix, (width, height)), np.uint8)


@pytest.mark.parametrize("name", ["obama.jpg", "biden.jpg", "astronaut.png"])
def test_a_print_cannot_nod_or_open_its_mouth(
    measurer: Measuring, portraits: Path, name: str
) -> None:
    """A tilted print may seem to blink: the net's eyes shut at some tilts."""
    portrait = pictures.read(portraits / name)
    rest = evidence(measurer, "baseline", [portrait] * 4, gap_ms=67)
    for film, kinds in ((tilted, ("nod", "mouth")), (nearing, ("nod", "mouth", "blink"))):
        step = evidence(measurer, "nod", list(film(portrait)), gap_ms=67)
        for kind in kinds:
            assert judged(rest, step, kind).finding is not None, (film, kind)


def test_a_print_brought_closer_is_seen_to_come_and_is_no_evidence_of_depth(
    measurer: Measuring, portraits: Path
) -> None:
    portrait = pictures.read(portraits / "astronaut.png")
    rest = evidence(measurer, "baseline", [portrait] * 4, gap_ms=67)
    result = judged(
        rest, evidence(measurer, "closer", list(nearing(portrait)), gap_ms=67), "closer"
    )
    assert result.finding is None
    assert result.figures["closer_perspective"] == pytest.approx(1, abs=0.03)
    assert not {"parallax", "nod_parallax"} & set(result.figures)
