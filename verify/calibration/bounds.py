"""What a count of errors proves: exact bounds after Clopper and Pearson (Biometrika 26, 1934).

Each bound is one-sided: with 95 % confidence the true rate is not above `upper`, and with 95 % not
below `lower`. No error in n trials gives the rule of three: the rate is at most about 3 / n.
"""

from collections.abc import Callable
from math import ceil, exp, expm1, lgamma, log, log1p
from typing import Final

CONFIDENCE: Final = 0.95
"""Of every bound this project states."""
_HALVINGS = 200
_TERMS = 1_000_000
_PRECISION = 1e-15
_TINY = 1e-300


def upper(errors: int, trials: int, *, confidence: float = CONFIDENCE) -> float:
    """Return the largest rate that could still have given so few errors; 1 without trials.

    Raises:
        ValueError: Not 0 ≤ errors ≤ trials, or a confidence outside 0..1.
    """
    _check(errors, trials, confidence)
    if errors == trials:
        return 1.0
    if errors == 0:
        return -expm1(log1p(-confidence) / trials)
    return _solve(lambda rate: _beta(errors + 1, trials - errors, rate), confidence)


def lower(errors: int, trials: int, *, confidence: float = CONFIDENCE) -> float:
    """Return the smallest rate that could still have given so many errors; 0 without trials.

    Raises:
        ValueError: Not 0 ≤ errors ≤ trials, or a confidence outside 0..1.
    """
    _check(errors, trials, confidence)
    if errors == 0:
        return 0.0
    if errors == trials:
        return exp(log1p(-confidence) / trials)
    return _solve(lambda rate: _beta(errors, trials - errors + 1, rate), 1 - confidence)


def trials_needed(rate: float) -> int:
    """Return how many trials without an error it takes to claim `rate`: the rule of three.

    Raises:
        ValueError: The rate is not above 0 and below 1.
    """
    if not 0 < rate < 1:
        msg = "rate must lie between 0 and 1"
        raise ValueError(msg)
    # 3 / 1e-5 is a hair off 300,000 in binary; the digits that matter are kept.
    return ceil(round(3 / rate, 6))


def _check(errors: int, trials: int, confidence: float) -> None:
    if not 0 <= errors <= trials or not 0 < confidence < 1:
        msg = "needs 0 <= errors <= trials and a confidence between 0 and 1"
        raise ValueError(msg)


def _solve(rising: Callable[[float], float], target: float) -> float:
    """Return where a function that rises from 0 to 1 over 0..1 reaches the target."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return high


def _beta(a: int, b: int, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b) (NIST DLMF 8.17)."""
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_fraction(b, a, 1 - x)
    return _beta_fraction(a, b, x)


def _beta_fraction(a: int, b: int, x: float) -> float:
    """Evaluate the continued fraction of DLMF 8.17.22 by Lentz's method; x is left of the mean."""
    if x <= 0:
        return 0.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < _PRECISION:
            break
    return front * value


def _away(value: float) -> float:
    """Keep a divisor away from zero."""
    return value if abs(value) > _TINY else _TINY
