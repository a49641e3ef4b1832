"""A share and its bounds, against published tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.liveness.statistics import Rate


def test_no_error_in_150_tries_proves_at_most_two_percent() -> None:
    assert Rate.of(0, 150).upper95 == pytest.approx(1 - 0.05 ** (1 / 150), rel=1e-9)
    assert Rate.of(0, 150).upper95 == pytest.approx(0.0198, abs=5e-5)


@pytest.mark.parametrize(
    ("events", "tries", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 20, 0.0866, 0.4910),
        (10, 10, 0.6915, 1.0),
        (3, 1000, 0.00062, 0.00874),
    ],
)
def test_two_sided_bounds_are_those_of_the_tables(
    events: int, tries: int, low: float, high: float
) -> None:
    rate = Rate.of(events, tries)
    assert [rate.low, rate.high] == pytest.approx([low, high], abs=5e-5)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_bounds_enclose_the_share_and_mirror_each_other(sample: tuple[int, int]) -> None:
    events, tries = sample
    rate = Rate.of(events, tries)
    assert rate.low <= rate.share <= rate.upper95 <= rate.high
    mirrored = Rate.of(tries - events, tries)
    assert rate.high == pytest.approx(1 - mirrored.low, abs=1e-9)


def test_more_events_than_tries_are_refused() -> None:
    with pytest.raises(ValueError, match="0 <= errors <= trials"):
        Rate.of(3, 2)
