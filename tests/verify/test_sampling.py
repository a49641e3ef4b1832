from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.liveness.sampling import draw_places, draw_shares


def drawn(seed: int, *, sure: int = 2, among: int = 16, spot_every: int = 32) -> tuple[int, ...]:
    rng = np.random.default_rng(seed)
    return draw_places(
        sure=sure,
        among=among,
        most=60,
        spot_every=spot_every,
        randbelow=lambda limit: int(rng.integers(limit)),
    )


def shared(seed: int, steps: int, least: int) -> tuple[int, ...]:
    rng = np.random.default_rng(seed)
    return draw_shares(steps, least=least, randbelow=lambda limit: int(rng.integers(limit)))


@given(st.integers(0, 2**32), st.integers(1, 7), st.integers(0, 9))
def test_every_step_is_described_and_no_session_less_than_it_must(
    seed: int, steps: int, least: int
) -> None:
    shares = shared(seed, steps, least)
    assert len(shares) == steps
    assert min(shares) >= 1
    assert sum(shares) == max(steps, least)


def test_a_step_more_often_described_than_the_others_may_be_any() -> None:
    drawn_more = Counter(shared(seed, 4, 5).index(2) for seed in range(400))
    assert set(drawn_more) == {0, 1, 2, 3}
    assert min(drawn_more.values()) > 60


@given(st.integers(0, 2**32), st.integers(1, 3), st.sampled_from([8, 16]))
def test_the_sure_ones_are_among_the_frames_every_step_has(
    seed: int, sure: int, among: int
) -> None:
    places = drawn(seed, sure=sure, among=among)
    assert sum(place < among for place in places) >= sure
    assert list(places) == sorted(set(places))
    assert all(0 <= place < 60 for place in places)


def test_any_frame_may_be_drawn_and_none_is_likelier_than_its_neighbours() -> None:
    counts = Counter(place for seed in range(4000) for place in drawn(seed, sure=1))
    early, late = [counts[i] for i in range(16)], [counts[i] for i in range(16, 60)]
    # 1/16 and 1/32 together below 16; 1/32 above.
    assert 4000 * 0.075 < min(early) <= max(early) < 4000 * 0.11
    assert 4000 * 0.02 < min(late) <= max(late) < 4000 * 0.045


def test_what_was_drawn_so_far_says_nothing_of_later_frames() -> None:
    """Timing tells a phone that a frame was described; that must not make the next one safe."""
    after = [19 in drawn(seed) for seed in range(20_000) if 18 in drawn(seed)]
    assert sum(after) / len(after) == pytest.approx(1 / 32, abs=0.025)


def test_without_a_policy_every_frame_is_described() -> None:
    assert drawn(0, spot_every=1) == tuple(range(60))
