from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.verify import pictures
from tests.verify.pictures import Picture
from verify.forensics import Examiner
from verify.forensics.frame_edge import frame_edge
from verify.forensics.moire import moire
from verify.forensics.noise import noise_ratio
from verify.forensics.recompression import recompression
from verify.results import Box

FACE = Box(x=130, y=170, width=220, height=280)
"""Where the portraits' faces are, nearly enough, in a frame of 480 × 640."""
NAMES = ("astronaut.png", "obama.jpg", "biden.jpg", "obama2.jpg")


def noisy(picture: Picture, sigma: float, seed: int = 0) -> Picture:
    noise = np.random.default_rng(seed).normal(0, sigma, picture.shape)
    return np.asarray(np.clip(picture + noise, 0, 255), np.uint8)


@pytest.fixture(params=NAMES)
def shot(portraits: Path, request: pytest.FixtureRequest) -> Picture:
    """A portrait as a camera gives it before any compression: 480 × 640, in colour, with noise."""
    picture = cv2.imread(str(portraits / request.param))
    assert picture is not None
    scale = max(640 / picture.shape[0], 480 / picture.shape[1])
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    fitted = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return noisy(np.asarray(fitted[:640, :480], np.uint8), 2)


def gray(picture: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def coded(picture: Picture, quality: int) -> Picture:
    encoded = np.frombuffer(pictures.jpeg(picture, quality=quality), np.uint8)
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    return np.asarray(decoded, np.uint8)


def rastered(picture: Picture, pitch: float, depth: float) -> Picture:
    """The picture on a screen whose rows and columns of dots lie `pitch` pixels apart, aslant."""
    down, across = np.mgrid[: picture.shape[0], : picture.shape[1]]
    slant = np.radians(11)
    one = across * np.cos(slant) + down * np.sin(slant)
    other = down * np.cos(slant) - across * np.sin(slant)
    dots = np.cos(2 * np.pi * one / pitch) + np.cos(2 * np.pi * other / pitch)
    return np.asarray(np.clip(picture * (1 + depth * dots[..., None]), 0, 255), np.uint8)


def test_a_screen_s_raster_leaves_a_peak_and_a_face_does_not(shot: Picture) -> None:
    alone = moire(gray(coded(shot, 85)), FACE)
    assert 1.0 < alone < 1.9
    for pitch in (2.7, 3.6, 5.3):
        assert moire(gray(coded(rastered(shot, pitch, 0.04), 85)), FACE) > alone + 0.5


def test_the_lattice_of_jpeg_is_no_raster(shot: Picture) -> None:
    assert moire(gray(coded(coded(shot, 40), 60)), FACE) < 2.2


@pytest.mark.parametrize(
    "face",
    [
        Box(x=0, y=0, width=60, height=60),
        Box(x=-90, y=200, width=200, height=260),
        Box(x=400, y=580, width=200, height=260),
        Box(x=900, y=900, width=200, height=260),
    ],
    ids=["small", "left", "corner", "outside"],
)
def test_a_face_that_cannot_be_examined_bears_no_trace(face: Box) -> None:
    picture = noisy(np.full((640, 480), 120, np.uint8), 3)
    assert moire(picture, face) in (0.0, pytest.approx(1.5, abs=0.5))
    assert abs(noise_ratio(picture, face)) < 0.3
    assert frame_edge(picture, face) == 0.0


def test_noise_of_one_camera_is_the_same_everywhere() -> None:
    for level in (60, 120, 200):
        picture = noisy(np.full((640, 480), level, np.uint8), 3)
        assert abs(noise_ratio(picture, FACE)) < 0.1


def test_counted_light_is_noisier_where_there_is_more_of_it() -> None:
    lit = np.full((640, 480), 40.0)
    lit[:, 110:370] = 200.0
    picture = np.random.default_rng(0).poisson(lit / 0.2) * 0.2
    assert abs(noise_ratio(np.asarray(np.clip(picture, 0, 255), np.uint8), FACE)) < 0.1


@pytest.mark.parametrize(("inside", "outside"), [(1.0, 4.0), (4.0, 1.0)])
def test_a_pasted_face_has_noise_of_its_own(inside: float, outside: float) -> None:
    plain = np.full((640, 480), 120, np.uint8)
    picture, face = noisy(plain, outside), noisy(plain, inside, seed=1)
    picture[160:460, 120:360] = face[160:460, 120:360]
    assert noise_ratio(picture, FACE) == pytest.approx(np.log(inside / outside), abs=0.35)


def once(picture: Picture) -> Picture:
    return coded(picture, 85)


@pytest.mark.parametrize(
    "earlier",
    [
        lambda picture: coded(picture, 75),
        lambda picture: np.roll(coded(picture, 75), (3, 5), axis=(0, 1)),
        lambda picture: np.roll(coded(picture, 60), (1, 7), axis=(0, 1)),
    ],
    ids=["same lattice", "moved", "moved, coarser"],
)
def test_a_picture_compressed_twice_is_told_from_one_compressed_once(
    shot: Picture, earlier: Callable[[Picture], Picture]
) -> None:
    assert recompression(gray(once(earlier(shot)))) > 0.25
    assert recompression(gray(once(shot))) < 0.15


def test_a_picture_that_never_was_a_jpeg_bears_no_lattice(shot: Picture) -> None:
    assert recompression(gray(shot)) < 0.15
    assert recompression(np.zeros((9, 9), np.uint8)) == 0.0
    assert recompression(np.full((640, 480), 128, np.uint8)) <= 1.0


def sheet(edges: str) -> Picture:
    """A wall, before it a sheet of which some edges are in the picture, on it a head."""
    picture = np.full((640, 480), 90, np.uint8)
    left, right = (60 if "l" in edges else 0), (420 if "r" in edges else 480)
    picture[(60 if "a" in edges else 0) :, left:right] = 180
    cv2.ellipse(picture, (240, 310), (100, 140), 0, 0, 360, 130, -1)
    return cv2.GaussianBlur(noisy(picture, 2), (0, 0), 1).astype(np.uint8)


@pytest.mark.parametrize("edges", ["lr", "la", "lra"])
def test_a_sheet_that_ends_on_two_sides_shows(edges: str) -> None:
    assert frame_edge(sheet(edges), FACE) > 0.9


@pytest.mark.parametrize("edges", ["", "l", "r", "a"])
def test_one_straight_line_is_a_door_post(edges: str) -> None:
    assert frame_edge(sheet(edges), FACE) == 0.0


def test_a_frame_gets_all_traces_and_none_of_a_net_that_is_not_there(shot: Picture) -> None:
    found, level = Examiner().look(once(shot), face=FACE), gray(once(shot))
    assert (found.moire, found.noise_ratio) == (moire(level, FACE), noise_ratio(level, FACE))
    assert found.recompression == recompression(level)
    assert found.frame_edge == frame_edge(level, FACE)
    assert found.passive is None


def test_stills_of_living_and_shown_faces_are_looked_over(optional_faces: Path) -> None:
    """Three stills prove nothing; what is measured on them is told in docs/liveness.md."""
    for name in ("live_T1", "attack_print_F1", "attack_screen_F2"):
        (path,) = (optional_faces / "pad").glob(f"{name}.jpg")
        picture = cv2.imread(str(path))
        assert picture is not None
        found = Examiner().look(np.asarray(picture, np.uint8), face=FACE)
        assert np.isfinite([found.moire, found.noise_ratio, found.recompression]).all()
