"""Seeded chance: the same city every time it is built."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Chance:
    """Draws that depend on the seed and on nothing else."""

    def __init__(self, seed: int) -> None:
        """Begin the stream of one seed."""
        self._rng = np.random.default_rng(seed)

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return int(self._rng.integers(low, high, endpoint=True))

    def happens(self, share: float) -> bool:
        """Return True in this share of the draws."""
        return bool(self._rng.random() < share)

    def one(self, of: Sequence[T]) -> T:
        """Return one of several, each as likely as the others."""
        return of[self.whole(0, len(of) - 1)]

    def day(self, first: date, last: date) -> date:
        """Return a day from `first` to `last`, both included."""
        return first + timedelta(days=self.whole(0, (last - first).days))
