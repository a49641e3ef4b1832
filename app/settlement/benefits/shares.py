"""Sharing whole fen among lines so that nothing is lost and nobody gets more than their part."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import sub


def shares(amount: int, weights: Sequence[int], whole: int) -> list[int]:
    """Share an amount in proportion to weights, by cumulative rounding.

    The running sum of the weights is scaled and rounded half up; a share is the step from one
    rounded sum to the next. So the shares add up to the amount, each is less than one fen from its
    exact value, none is negative and, as amount <= whole, none exceeds its weight.

    Args:
        amount: fen to share, 0 to `whole`.
        weights: fen, none negative.
        whole: their sum.

    Returns:
        A share for each weight, in their order.
    """
    if not amount:
        return [0] * len(weights)
    if amount == whole:
        return list(weights)
    double, twice = 2 * amount, 2 * whole
    upto = [(double * run + whole) // twice for run in accumulate(weights)]
    return list(map(sub, upto, [0, *upto]))
