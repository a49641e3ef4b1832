"""Which sessions are played: the family, the person, the light, and a seed for each."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.liveness.identities import Group
from sandbox.phone.setting import Band

GENUINE = "genuine"
BANDS = tuple(band.value for band in Band)
"""Skin bands of the simulator."""
RATIOS = (0.05, 0.10, 0.20, 0.40)
"""Light of a white screen on the face over the room's."""
_ROUND = len(BANDS) * len(RATIOS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """What all sessions of a run share."""

    portraits: Path
    mesh: Path
    """The landmark net's file."""
    faces: Path | None
    """Optional portraits."""
    people: int = 64
    seed: int = 20261125


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One session, reproducible alone."""

    family: str
    """GENUINE or an attack's name."""
    variant: str
    group: str
    index: int
    """Within its family, variant and group."""
    person: int
    """Number of whose session it is, among the group's people; counted round and round."""
    band: str
    ratio: float

    @property
    def key(self) -> str:
        """What tells it from all others of a run."""
        return f"{self.group}/{self.variant}/{self.family}/{self.index}"

    def rng(self, lab: Lab) -> np.random.Generator:
        """Return this session's own randomness."""
        return np.random.default_rng([lab.seed, zlib.crc32(self.key.encode())])


def orders(
    families: Sequence[str], *, count: int, variant: str = "full", group: Group = Group.REPORTING
) -> list[Order]:
    """Return `count` sessions of each family, over all people, bands and ratios in turn.

    Families start at different people, bands and ratios, so that a few of each say something. After
    every round of bands and ratios people move on by one: else, where their number shares a divisor
    with the round's length, the same few would always stand in the worst light of one band, and
    what is told of that band would be told of them.
    """
    return [
        Order(
            family=family,
            variant=variant,
            group=group.value,
            index=index,
            person=place + place // _ROUND,
            band=BANDS[place % len(BANDS)],
            ratio=RATIOS[place // len(BANDS) % len(RATIOS)],
        )
        for family in families
        for index, place in enumerate(range(_start(family), _start(family) + count))
    ]


def _start(family: str) -> int:
    return zlib.crc32(family.encode()) % (_ROUND * 100)
