from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.calibration.bounds import lower, trials_needed, upper
from verify.calibration.proportion import Proportion

PUBLISHED = [  # scipy.stats.beta.ppf
    (0, 150, 0.0, 0.019773438164508),
    (1, 300, 0.000170963032113, 0.015714554891584),
    (3, 300, 0.002731030218207, 0.025641393082610),
    (10, 30000, 0.000180857632192, 0.000565341699828),
    (150, 300, 0.451008754708794, 0.548991245291207),
    (299, 300, 0.984285445108416, 0.999829036967887),
]


@pytest.mark.parametrize(("errors", "trials", "low", "high"), PUBLISHED)
def test_bounds_are_those_of_clopper_and_pearson(
    errors: int, trials: int, low: float, high: float
) -> None:
    assert lower(errors, trials) == pytest.approx(low, rel=1e-9)
    assert upper(errors, trials) == pytest.approx(high, rel=1e-9)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_bound_is_where_the_binomial_tail_is_five_percent(counts: tuple[int, int]) -> None:
    errors, trials = counts

    def at_most(count: int, rate: float) -> float:
        terms = range(count + 1)
        return sum(comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in terms)

    if errors < trials:
        assert at_most(errors, upper(errors, trials)) == pytest.approx(0.05, abs=1e-9)
    if errors:
        assert 1 - at_most(errors - 1, lower(errors, trials)) == pytest.approx(0.05, abs=1e-9)


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_the_observed_rate_lies_between_its_bounds(errors: int, more: int) -> None:
    trials = errors + more
    low, high = lower(errors, trials), upper(errors, trials)
    assert 0 <= low <= high <= 1
    if trials:
        assert low <= errors / trials <= high


def test_without_trials_everything_is_possible() -> None:
    nothing = Proportion(errors=0, trials=0)
    assert (nothing.lower95, nothing.upper95, nothing.rate) == (0.0, 1.0, None)
    assert str(nothing) == "no trials"


@pytest.mark.parametrize("rate", [1e-2, 1e-3, 1e-4, 1e-5, 0.02, 0.03])
def test_the_rule_of_three_is_enough_and_hardly_too_much(rate: float) -> None:
    needed = trials_needed(rate)
    assert upper(0, needed) <= rate
    assert upper(0, round(needed * 0.98)) > rate


def test_a_rate_of_one_in_ten_thousand_needs_thirty_thousand_pairs() -> None:
    assert [trials_needed(rate) for rate in (1e-2, 1e-4, 1e-5)] == [300, 30_000, 300_000]


@pytest.mark.parametrize(("errors", "trials"), [(-1, 3), (4, 3)])
def test_impossible_counts_are_refused(errors: int, trials: int) -> None:
    with pytest.raises(ValueError, match="errors"):
        upper(errors, trials)
    with pytest.raises(ValueError, match="errors"):
        lower(errors, trials)


@pytest.mark.parametrize("rate", [0.0, 1.0, -1.0])
def test_no_number_of_trials_shows_an_impossible_rate(rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        trials_needed(rate)
