import numpy as np
import pytest

from sandbox.phone.shine import DARK, Screen, Shine
from sandbox.phone.steps import Segment

RED_LEFT = Segment(pattern="left_right", first="#ff0000", second="#000000")
BLUE_TOP = Segment(pattern="top_bottom", first="#0000ff", second="#000000")
GREY = Segment(pattern="full", first="#bcbcbc", second="#bcbcbc")


def test_a_half_lights_the_half_it_names() -> None:
    left, top = Shine.of(RED_LEFT).quadrants, Shine.of(BLUE_TOP).quadrants
    assert left[:, 0, 2].tolist() == [1, 1]
    assert not left[:, 1].any()
    assert top[0, :, 0].tolist() == [1, 1]
    assert not top[1].any()


def test_colours_are_linear_light() -> None:
    np.testing.assert_allclose(Shine.of(GREY).mean, 0.5, atol=0.01)


@pytest.mark.parametrize("colour", ["red", "ffffff", "#fffff", "#gggggg", ""])
def test_a_colour_that_is_none_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match=r"#|red|ffffff|^$|hex"):
        Shine.of(Segment(pattern="full", first=colour, second="#000000"))


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="diagonal"):
        Shine.of(Segment(pattern="diagonal", first="#ffffff", second="#000000"))


def test_pictures_follow_each_other_and_the_last_one_stays() -> None:
    screen = Screen((RED_LEFT, BLUE_TOP), segment_ms=400, start=10.0)
    assert screen.at(9.999) is DARK
    shown = [screen.at(t).quadrants[0, 0].tolist() for t in (10.001, 10.399, 10.401, 99.0)]
    assert shown == [[0, 0, 1], [0, 0, 1], [1, 0, 0], [1, 0, 0]]


def test_a_screen_with_nothing_to_show_stays_dark() -> None:
    assert Screen((), segment_ms=0, start=0.0).at(5.0) is DARK


def test_an_exposure_across_a_change_gathers_both_lights() -> None:
    screen = Screen((RED_LEFT, BLUE_TOP), segment_ms=400, start=10.0)
    mixed = screen.during(10.38, 10.42).quadrants[0, 0]
    assert 0 < mixed[0] < 1
    assert mixed[0] + mixed[2] == pytest.approx(1)
    assert screen.during(10.1, 10.2).quadrants[0, 0].tolist() == [0, 0, 1]
