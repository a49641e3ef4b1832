from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from sandbox.phone.head import Head
from sandbox.phone.lamp import Lamp
from sandbox.phone.lighting import GAMMA
from sandbox.phone.pose import Pose
from sandbox.phone.projection import Lens
from sandbox.phone.relief import relief_of
from sandbox.phone.rendering import HeadSubject
from sandbox.phone.setting import INDOORS, LAPTOP, PHONE, Band, Device, Setting
from sandbox.phone.shine import DARK, Shine
from sandbox.phone.skin import toned
from sandbox.phone.steps import Segment

DIM = Setting(ratio=0.4, level=0.6)
LEFT_CHEEK, RIGHT_CHEEK, FOREHEAD, CHIN, NOSE = 425, 205, 151, 199, 4
PATCH = 8
FACING = np.asarray(((0.0, 0.0, -1.0),))
BACK = -FACING


def shine(pattern: str, first: str, second: str = "#000000") -> Shine:
    return Shine.of(Segment(pattern=pattern, first=first, second=second))


WHITE = shine("full", "#ffffff", "#ffffff")
LEFT, RIGHT = shine("left_right", "#ffffff"), shine("left_right", "#000000", "#ffffff")
TOP, BOTTOM = shine("top_bottom", "#ffffff"), shine("top_bottom", "#000000", "#ffffff")


def at(frame: NDArray[np.uint8], place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear light around a place, three channels."""
    x, y = place.round().astype(int).tolist()
    part = frame[y - PATCH : y + PATCH, x - PATCH : x + PATCH] / 255
    return np.asarray((part**GAMMA).mean(axis=(0, 1)))


def gains(head: Head, lit: Shine, points: tuple[int, ...], setting: Setting = DIM) -> list[float]:
    """By how much the places of mesh points brighten over the room's light."""
    subject = HeadSubject(head, setting=setting)
    dark, bright = subject.picture(Pose(), DARK), subject.picture(Pose(), lit)
    places = head.texture[list(points)]
    return [float((at(bright, each) / at(dark, each)).mean() - 1) for each in places]


@pytest.mark.model
@pytest.mark.parametrize("device", [PHONE, LAPTOP])
def test_the_left_half_lights_the_persons_left_cheek(head: Head, device: Device) -> None:
    setting = replace(DIM, device=device, distance_cm=50.0)
    by_left = gains(head, LEFT, (LEFT_CHEEK, RIGHT_CHEEK), setting)
    by_right = gains(head, RIGHT, (LEFT_CHEEK, RIGHT_CHEEK), setting)
    assert by_left[0] / by_right[0] > 1.05
    assert by_left[1] / by_right[1] < 0.95


@pytest.mark.model
def test_the_upper_half_lights_the_forehead_more_than_the_chin(head: Head) -> None:
    by_top, by_bottom = (gains(head, lit, (FOREHEAD, CHIN)) for lit in (TOP, BOTTOM))
    assert by_top[0] / by_bottom[0] > 1.2 * by_top[1] / by_bottom[1]


@pytest.mark.model
def test_a_white_screen_adds_the_settings_ratio(head: Head) -> None:
    places = (LEFT_CHEEK, RIGHT_CHEEK, FOREHEAD, CHIN, 50, 280, 101, 330)
    assert np.mean(gains(head, WHITE, places)) == pytest.approx(DIM.ratio, rel=0.5)
    twice = gains(head, WHITE, places, replace(DIM, ratio=0.2))
    assert np.mean(twice) == pytest.approx(np.mean(gains(head, WHITE, places)) / 2, rel=0.1)


@pytest.mark.model
def test_what_is_behind_hardly_answers(head: Head) -> None:
    subject = HeadSubject(head, setting=DIM)
    dark, bright = (subject.picture(Pose(), lit).astype(float) for lit in (DARK, WHITE))
    beside = np.s_[150:300, :40]
    behind = (bright[beside].mean() / dark[beside].mean()) ** GAMMA - 1
    assert 0 < behind < 0.12 * np.mean(gains(head, WHITE, (LEFT_CHEEK, RIGHT_CHEEK)))


@pytest.mark.model
def test_a_colour_lights_its_own_channel(head: Head) -> None:
    subject = HeadSubject(head, setting=DIM)
    dark, green = (subject.picture(Pose(), lit) for lit in (DARK, shine("full", "#00ff00")))
    nose = head.texture[NOSE]
    blue_up, green_up, red_up = at(green, nose) / at(dark, nose) - 1
    assert green_up > 0.2
    assert max(blue_up, red_up) < 0.02


@pytest.mark.model
def test_dark_skin_gives_less_signal(head: Head) -> None:
    added = []
    for band in (Band.LIGHT, Band.MEDIUM, Band.DARK):
        subject = HeadSubject(toned(head, band), setting=DIM)
        place = head.texture[LEFT_CHEEK]
        lit, dark = (at(subject.picture(Pose(), each), place) for each in (WHITE, DARK))
        added.append(float((lit - dark).mean()))
    assert added[0] > 1.5 * added[1] > 2 * added[2] > 0


@pytest.mark.model
def test_toning_spares_background_and_eyes(head: Head) -> None:
    dark = toned(head, Band.DARK).picture.astype(int)
    off = np.abs(dark - head.picture).max(axis=2)
    assert off[:, :40].max() <= 1
    assert off[:, -40:].max() <= 1
    x, y = head.texture[LEFT_CHEEK].astype(int)
    assert off[y, x] > 40
    assert toned(head, None) is head


@pytest.mark.model
def test_an_open_eye_mirrors_the_screen_and_a_shut_one_does_not(head: Head) -> None:
    subject = HeadSubject(head, setting=DIM)
    middle = head.texture[[33, 133]].mean(axis=0).round().astype(int)
    part = np.s_[middle[1] - 4 : middle[1] + 6, middle[0] - 4 : middle[0] + 5]
    grown = [
        (subject.picture(Pose(blink=blink), WHITE)[part] / subject.picture(Pose(blink=blink))[part])
        ** GAMMA
        for blink in (0, 1)
    ]
    assert grown[0].max() > 4
    assert grown[1].max() < 2


@pytest.mark.model
def test_the_light_falls_on_another_shape_than_is_drawn(head: Head) -> None:
    relief = relief_of(head)
    depth, drawn = relief.at[:468, 2], head.solid[:468, 2]
    slope = float(np.polyfit(drawn, depth, 1)[0])
    assert 0.8 < slope < 1.2
    assert np.std(depth - np.polyval(np.polyfit(drawn, depth, 1), drawn)) > 0.5
    np.testing.assert_array_equal(relief_of(head).at, relief.at)


def test_a_lamps_light_falls_off_and_needs_a_surface_that_faces_it() -> None:
    lens = Lens(pivot=np.zeros(3), face_width=150.0)
    lamp = Lamp(INDOORS, lens)
    here = np.asarray(((0.0, 80.0, 0.0),))
    near = lamp.arriving(here, FACING).sum()
    far = lamp.arriving(here + 380 * BACK, FACING).sum()
    assert near / far == pytest.approx(4, rel=0.05)
    assert lamp.arriving(here, -FACING).sum() == 0


def test_what_the_person_sees_on_the_left_comes_from_the_pictures_right() -> None:
    lamp = Lamp(replace(INDOORS, device=LAPTOP), Lens(pivot=np.zeros(3), face_width=150.0))
    turned_right_in_picture = np.asarray(((0.6, 0.0, -0.8),))
    upper_left, upper_right, lower_left, lower_right = lamp.arriving(
        np.zeros((1, 3)), turned_right_in_picture
    )[0]
    assert upper_left > 1.3 * upper_right
    assert lower_left > 1.3 * lower_right
