"""Who works in a hospital, and on which half-days of the week."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sandbox.departments.city.chance import Chance
from sandbox.departments.city.names import person

MORNING, AFTERNOON = "morning", "afternoon"
_HALF_DAYS: Final = tuple((day, half) for day in range(1, 6) for half in (MORNING, AFTERNOON))
"""Of Monday (1) to Friday."""
_EXPERTS: Final = 0.35
_SPECIAL: Final = 0.2
"""Of the experts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """What a doctor's time costs, and how it is divided."""

    title: str
    fee_class: str
    fee: int
    """Fen."""
    item_code: str
    half_days: int
    """A week."""
    sizes: dict[str, int]
    """Places by channel."""


ORDINARY: Final = Rank(
    title="主治医师",
    fee_class="ordinary",
    fee=1_000,
    item_code="YL0001",
    half_days=6,
    sizes={"app": 24, "window": 8, "elder": 4},
)
EXPERT: Final = Rank(
    title="副主任医师",
    fee_class="expert",
    fee=3_000,
    item_code="YL0002",
    half_days=4,
    sizes={"app": 16, "window": 4, "elder": 2, "return": 2},
)
SPECIAL: Final = Rank(
    title="主任医师",
    fee_class="special",
    fee=5_000,
    item_code="YL0003",
    half_days=2,
    sizes={"app": 10, "window": 2, "referral": 2, "return": 2},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """One of them."""

    id: str
    name: str
    rank: Rank
    department: int
    """Its place among the hospital's departments, from 0."""
    works: tuple[tuple[int, str], ...]
    """Weekday (1 is Monday) and half-day, in the order of the week."""


def doctors(chance: Chance, *, count: int, departments: int) -> Iterator[Doctor]:
    """Yield so many, spread over the departments in turn."""
    for n in range(count):
        rank = _rank(chance)
        yield Doctor(
            id=f"P{n + 1:04d}",
            name=person(chance, man=chance.happens(0.5)),
            rank=rank,
            department=n % departments,
            works=_week(chance, rank.half_days),
        )


def _rank(chance: Chance) -> Rank:
    if not chance.happens(_EXPERTS):
        return ORDINARY
    return SPECIAL if chance.happens(_SPECIAL) else EXPERT


def _week(chance: Chance, half_days: int) -> tuple[tuple[int, str], ...]:
    left = list(_HALF_DAYS)
    while len(left) > half_days:
        left.remove(chance.one(left))
    return tuple(left)
