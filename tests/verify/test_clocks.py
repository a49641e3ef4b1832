"""A phone's clock against ours, on networks quick and slow."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.defaults.protocol import PROTOCOL
from verify.liveness.clocks import Clocks, Reading

AHEAD_MS = 990_000
STEPS, PARTS = 4, 3
STEP_MS, PART_MS = 3_000, 800


def session(
    *,
    rate: float = 1.0,
    transit: Callable[[int], float] = lambda _: 60,
    delay: Callable[[int], float] = lambda _: 120,
) -> Iterator[Clocks]:
    """What each upload of a streamed session of 12 s leaves behind.

    `rate` is the phone's clock over ours; `transit` how long the k-th upload takes, `delay` how
    long after its reveal the n-th step's first frame is taken, milliseconds of ours.
    """
    clocks = Clocks()
    for n in range(STEPS):
        reveal = 1_000_000 + n * STEP_MS
        first = reveal + delay(n)
        step = reading(first, reveal, rate)
        for k in range(PARTS):
            taken = first + (k + 1) * PART_MS
            upload = reading(taken, taken + transit(n * PARTS + k), rate)
            clocks = clocks.arrived(upload, PROTOCOL).revealed(step)
            yield clocks


def reading(taken: float, ours: float, rate: float) -> Reading:
    theirs = round((taken - AHEAD_MS) * rate)
    return Reading(t_ms=theirs, offset_ms=round(ours) - theirs)


def steady(**changes: object) -> bool:
    return all(clocks.steady(PROTOCOL) for clocks in session(**changes))  # type: ignore[arg-type]


def test_an_honest_clock_runs_like_ours() -> None:
    assert steady()
    assert steady(rate=1.001)


@pytest.mark.parametrize("rate", [0.7, 0.9, 0.95, 1.05, 1.1, 1.3])
def test_a_clock_five_percent_fast_or_slow_is_found_within_a_session(rate: float) -> None:
    assert not steady(rate=rate)


@pytest.mark.parametrize("slower_ms", [400, 1500, 5000])
def test_a_network_that_grows_slow_is_not_a_slow_clock(slower_ms: int) -> None:
    assert steady(
        transit=lambda k: 60 + slower_ms * (k >= 6), delay=lambda n: 120 + slower_ms / 10 * (n > 1)
    )
    assert steady(
        transit=lambda k: 60 + slower_ms * (k < 6), delay=lambda n: 120 + slower_ms / 10 * (n < 2)
    )


@given(st.lists(st.floats(60, 1500), min_size=12, max_size=12))
def test_no_delays_of_uploads_alone_convict_an_honest_clock(transits: list[float]) -> None:
    assert steady(transit=transits.__getitem__)


@given(st.lists(st.floats(20, 1500), min_size=4, max_size=4))
def test_no_delays_of_filming_alone_convict_an_honest_clock(delays: list[float]) -> None:
    assert steady(delay=delays.__getitem__)


@given(st.floats(1.03, 1.5), st.lists(st.floats(20, 300), min_size=16, max_size=16))
def test_the_bounds_never_cross_without_reason(rate: float, delays: list[float]) -> None:
    """However slow the network: a clock is convicted by the bounds only if they contradict."""
    honest = [*session(transit=delays[:12].__getitem__, delay=delays[12:].__getitem__)][-1]
    assert honest.least.offset_ms <= honest.most.offset_ms
    fast = [
        *session(rate=rate * 2, transit=delays[:12].__getitem__, delay=delays[12:].__getitem__)
    ][-1]
    assert not fast.steady(PROTOCOL)


def test_a_strict_policy_lets_no_difference_pass() -> None:
    strict = replace(PROTOCOL, clock_jitter_ms=0, clock_room=0.0, clock_slope=0.0)
    slow = [*session(rate=0.98)][-1]
    assert slow.steady(PROTOCOL)
    assert not slow.steady(strict)
