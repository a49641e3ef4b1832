"""What is needed to spoil a session: an honest one, an earlier one, and seeded chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from bench.liveness.takes import Posted, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An honest session to be spoiled, and an earlier one to borrow from."""

    session: Session
    posted: Sequence[Posted]
    """Its requests."""
    donor: Session
    other: Sequence[Posted]
    """The earlier one's requests."""
    rng: np.random.Generator

    def below(self, limit: int) -> int:
        """Return a number from 0."""
        return int(self.rng.integers(limit))

    def between(self, least: int, most: int) -> int:
        """Return a number of a closed range."""
        return int(self.rng.integers(least, most + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What arrives for a session."""

    session: str
    posted: Sequence[Posted]


Item = TypeVar("Item")
Spoil = Callable[[Case], Attempt | None]
"""Makes one change that matters; None where the session has no room for it."""


def two(case: Case, count: int) -> tuple[int, int]:
    """Return two different places, the lower one first."""
    a = case.below(count - 1)
    return a, case.between(a + 1, count - 1)


def swapped(case: Case, items: Sequence[Item]) -> tuple[Item, ...]:
    """Return the items with two of them changed round."""
    a, b = two(case, len(items))
    mixed = list(items)
    mixed[a], mixed[b] = mixed[b], mixed[a]
    return tuple(mixed)


def without(items: Sequence[Item], place: int) -> tuple[Item, ...]:
    """Return the items but one."""
    return (*items[:place], *items[place + 1 :])


def placed(items: Sequence[Item], place: int, item: Item) -> tuple[Item, ...]:
    """Return the items with another one at a place."""
    return (*items[:place], item, *items[place + 1 :])


def flipped(case: Case, content: bytes) -> bytes:
    """Return the bytes with one bit turned."""
    bit = case.below(8 * len(content))
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def nonzero(case: Case, most: int) -> int:
    """Return a number up to `most` either way, but not 0."""
    return case.between(1, most) * (1 if case.below(2) else -1)
