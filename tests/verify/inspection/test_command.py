import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.verify import pictures
from tests.verify.conftest import ROOT
from tests.verify.inspection import films
from verify.__main__ import main

MODELS = ["--models", str(ROOT / "var" / "models")]


def inspected(
    capsys: pytest.CaptureFixture[str], path: Path, *options: str
) -> tuple[int, dict[str, Any]]:
    code = main(["inspect", str(path), *options, *MODELS])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


def near(moments: Sequence[dict[str, float]], times: Sequence[float]) -> bool:
    """Whether each moment covers its time, give or take 0.3 s, and there are no others."""
    return len(moments) == len(times) and all(
        moment["start_s"] - 0.3 <= time <= moment["end_s"] + 0.3
        for moment, time in zip(moments, times, strict=True)
    )


@dataclass(frozen=True, kw_only=True)
class Film:
    """What one sees in a clip, frame by frame."""

    name: str
    yaws: tuple[int, int]
    """Degrees, the furthest to the person's right and left."""
    blinks: tuple[float, ...] = ()
    """Seconds."""
    wide: tuple[float, ...] = ()
    """Seconds at which the mouth is wide open; speech apart."""


FILMS = (
    Film(name="clm_webcam_blinks", yaws=(-6, 12), blinks=(3.65, 9.0)),
    Film(name="clm_webcam_turn_mouth", yaws=(-6, 20), blinks=(2.3, 4.0, 17.1), wide=(16.2, 18.4)),
    Film(name="intel_frontal_m", yaws=(-1, 1)),
    Film(name="intel_head_turn_f", yaws=(-45, 31)),
)


@pytest.mark.parametrize("film", FILMS, ids=lambda film: film.name)
def test_what_is_measured_is_what_one_sees(
    capsys: pytest.CaptureFixture[str], optional_faces: Path, film: Film
) -> None:
    clip = optional_faces / "motion" / f"{film.name}.mp4"
    code, answer = inspected(capsys, clip, "--frames", "400")
    assert code == 0
    assert (answer["yaw"]["min"], answer["yaw"]["max"]) == pytest.approx(film.yaws, abs=3)
    assert near(answer["blinks"], film.blinks)
    assert near([one for one in answer["mouth_openings"] if one["gap"] > 0.3], film.wide)
    assert answer["faces"]["one_share"] == 1


def test_two_people_are_two(capsys: pytest.CaptureFixture[str], optional_faces: Path) -> None:
    _, answer = inspected(capsys, optional_faces / "motion" / "intel_two_people.mp4")
    assert answer["faces"]["max"] == 2
    assert answer["faces"]["one_share"] < 0.2


def test_a_print_turned_before_the_camera_shows_no_depth(
    capsys: pytest.CaptureFixture[str], portraits: Path, tmp_path: Path
) -> None:
    portrait = pictures.read(portraits / "astronaut.png", height=480)
    held = [pictures.held_flat(portrait, angle) for angle in (*range(0, 46, 3), *range(45, -1, -3))]
    code, answer = inspected(capsys, films.film(tmp_path / "print.mp4", held))
    assert code == 0
    assert answer["faces"]["one_share"] == 1
    depth = answer["planarity"]
    assert depth is None or depth["residual"] < 0.03


def test_a_film_of_a_wall_has_no_face(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    wall = films.film(tmp_path / "wall.webm", [pictures.plain(320, 240)] * 5)
    code, answer = inspected(capsys, wall)
    assert code == 0
    assert answer["notes"] == ["NO_FACE"]
    assert answer["faces"]["max"] == 0


def test_what_cannot_be_watched_has_a_code_and_no_path(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "secret-name.mp4"
    path.write_bytes(b"not a film")
    code, answer = inspected(capsys, path)
    assert (code, answer["reasons"]) == (2, ["CLIP_UNSUPPORTED"])
    assert "secret" not in json.dumps(answer)
    assert inspected(capsys, tmp_path / "absent.mp4")[1]["reasons"] == ["CLIP_UNREADABLE"]


def test_missing_models_are_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = films.film(tmp_path / "film.avi", films.noise(2))
    assert main(["inspect", str(path), "--models", str(tmp_path)]) == 2
    assert json.loads(capsys.readouterr().out)["reasons"] == ["MODEL_MISSING"]


@pytest.mark.parametrize("frames", ["0", "-1", "1000000", "many"])
def test_the_number_of_frames_has_limits(frames: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["inspect", "film.mp4", "--frames", frames])
    assert caught.value.code == 2
