from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.defaults.challenge import CHALLENGE
from verify.liveness.lightcode import BLACK, PALETTE, WHITE, Pattern, Segment, draw_code, linear
from verify.liveness.photosensitivity import MOST_FLASHES, flashes_of, luminance

COLOURS = st.sampled_from([*PALETTE, WHITE, BLACK, "#ff0000", "#808080"])


def full(colour: str) -> Segment:
    return Segment(pattern=Pattern.FULL, first=colour, second=colour)


@given(seed=st.integers(0, 2**32), count=st.sampled_from([6, 8, 12]))
def test_every_code_that_is_drawn_is_safe(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    code = draw_code(count, randbelow=lambda n: int(rng.integers(n)))
    flashes = flashes_of(code, segment_ms=CHALLENGE.segment_ms)
    assert flashes.safe
    assert flashes.general <= MOST_FLASHES / 2
    assert flashes.red == 0


@given(st.lists(COLOURS, max_size=12))
def test_nothing_shown_for_400_ms_or_more_can_flash_too_often(colours: list[str]) -> None:
    assert flashes_of([full(one) for one in colours], segment_ms=400).safe


def test_black_and_white_in_quick_turn_are_not_safe() -> None:
    code = [full(WHITE if index % 2 else BLACK) for index in range(20)]
    seen = flashes_of(code, segment_ms=100)
    assert seen.general == 5.5
    assert not seen.safe
    assert flashes_of(code, segment_ms=250).safe


def test_red_that_comes_and_goes_is_counted_even_where_it_is_no_brighter() -> None:
    grey = "#7f7f7f"
    code = [full("#ff0000" if index % 2 else grey) for index in range(20)]
    assert abs(luminance(linear("#ff0000")) - luminance(linear(grey))) < 0.1
    seen = flashes_of(code, segment_ms=100)
    assert seen.general == 0
    assert seen.red > MOST_FLASHES
    assert not seen.safe


def test_one_half_that_flashes_is_enough() -> None:
    code = [
        Segment(pattern=Pattern.LEFT_RIGHT, first=WHITE if index % 2 else BLACK, second=BLACK)
        for index in range(20)
    ]
    assert not flashes_of(code, segment_ms=100).safe
    right = [replace(one, first=one.second, second=one.first) for one in code]
    assert not flashes_of(right, segment_ms=100).safe
    lower = [
        Segment(pattern=Pattern.TOP_BOTTOM, first=BLACK, second=WHITE if index % 2 else BLACK)
        for index in range(20)
    ]
    assert not flashes_of(lower, segment_ms=100).safe


def test_changes_between_bright_pictures_are_no_flashes() -> None:
    code = [full("#ffffff" if index % 2 else "#f0f0f0") for index in range(20)]
    assert flashes_of(code, segment_ms=50).general == 0


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_flashes_where_nothing_changes(count: int) -> None:
    assert flashes_of([full(WHITE)] * count, segment_ms=400).general == 0
    assert flashes_of([full(WHITE)] * 5, segment_ms=10).general == 0


@pytest.mark.parametrize(
    ("colour", "expected"),
    [("#000000", 0.0), ("#ffffff", 1.0), ("#ff0000", 0.2126), ("#808080", 0.2159)],
)
def test_luminance_is_that_of_the_standard(colour: str, expected: float) -> None:
    assert luminance(linear(colour)) == pytest.approx(expected, abs=1e-3)
