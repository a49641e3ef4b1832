import numpy as np
import pytest

from tests.verify.pictures import Picture
from tests.verify.sessions import Shape
from verify import patches
from verify.radiance import linear, measure
from verify.results import Radiance


@pytest.fixture
def placed(head: Shape) -> Shape:
    """The face in the middle of a frame of 480 × 640."""
    return np.asarray(head + np.array([240, 320, 0]))


def frame(value: int = 120) -> Picture:
    return np.full((640, 480, 3), value, np.uint8)


def rows(content: bytes) -> np.ndarray:
    return np.frombuffer(content, "<f4").reshape(-1, 3)


def all_of(light: Radiance) -> np.ndarray:
    return np.vstack([rows(light.skin), rows(light.background), rows(light.iris)])


def test_a_record_holds_36_places_of_skin_two_of_background_and_two_eyes(placed: Shape) -> None:
    light = measure(frame(), placed)
    assert [len(rows(part)) for part in (light.skin, light.background, light.iris)] == [36, 2, 2]


def test_light_is_linear_whatever_the_brightness(placed: Shape) -> None:
    for value, expected in ((55, 0.0382), (128, 0.2159), (188, 0.5029), (240, 0.8714)):
        assert all_of(measure(frame(value), placed)) == pytest.approx(expected, rel=1e-3)


def test_colours_are_kept_apart_as_blue_green_red(placed: Shape) -> None:
    picture = frame()
    picture[:] = (60, 120, 180)
    expected = linear(np.array([[[60, 120, 180]]], np.uint8))[0, 0]
    assert all_of(measure(picture, placed)) == pytest.approx(np.tile(expected, (40, 1)), rel=1e-3)


def test_light_from_one_side_is_seen_on_that_side(placed: Shape) -> None:
    picture = frame(90)
    picture[:, 240:] = 160
    light = measure(picture, placed)
    skin, places = rows(light.skin)[:, 0], patches.centres(placed)[:, 0]
    low, high = linear(np.array([[[90, 160, 0]]], np.uint8))[0, 0, :2]
    assert skin[places < 230] == pytest.approx(low, rel=1e-3)
    assert skin[places > 250] == pytest.approx(high, rel=1e-3)
    assert rows(light.background)[:, 0] == pytest.approx([low, high], rel=1e-3)
    # The picture is not mirrored: the person's right eye lies on its left.
    assert rows(light.iris)[:, 0] == pytest.approx([low, high], rel=1e-3)


@pytest.mark.parametrize("value", [0, 5, 250, 255])
def test_what_is_too_dark_or_too_bright_is_not_measured(placed: Shape, value: int) -> None:
    assert np.isnan(all_of(measure(frame(value), placed))).all()


def test_a_saturated_colour_says_nothing_while_the_others_do(placed: Shape) -> None:
    picture = frame()
    picture[..., 2] = 255
    light = all_of(measure(picture, placed))
    assert np.isnan(light[:, 2]).all()
    assert np.isfinite(light[:, :2]).all()


def test_a_glossy_spot_does_not_brighten_its_place(placed: Shape) -> None:
    picture = frame()
    x, y = patches.centres(placed)[9, :2].astype(int)
    picture[y - 3 : y + 4, x - 3 : x + 4] = 255
    light = rows(measure(picture, placed).skin)[9]
    assert light == pytest.approx(rows(measure(frame(), placed).skin)[9], rel=0.02)


def test_places_outside_the_picture_are_not_measured(placed: Shape) -> None:
    light = measure(frame(), placed + np.array([240, 0, 0]))
    beyond = patches.centres(placed)[:, 0] + 240 >= 480
    assert beyond.any()
    assert not beyond.all()
    assert (np.isnan(rows(light.skin)[:, 0]) == beyond).all()
    assert np.isnan(all_of(measure(frame(), placed + np.array([2000, 0, 0])))[:36]).all()


def test_a_face_that_fills_the_picture_leaves_no_background(placed: Shape) -> None:
    light = measure(frame(), np.asarray((placed - [240, 320, 0]) * 1.9 + [240, 320, 0]))
    assert np.isnan(rows(light.background)).all()
    assert np.isfinite(rows(light.skin)).all()


def test_hair_is_no_background(placed: Shape) -> None:
    picture = frame(90)
    low, high = placed[:, 0].min(), placed[:, 0].max()
    hair = 0.33 * (high - low)
    picture[:, int(low - hair) : int(high + hair)] = 160
    expected = linear(np.array([[[90, 90, 90]]], np.uint8))[0]
    light = rows(measure(picture, placed).background)
    assert light == pytest.approx(np.repeat(expected, 2, axis=0), rel=1e-3)
