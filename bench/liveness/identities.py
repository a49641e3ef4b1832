"""Whose faces are played: the portraits that are there, and new persons made of them.

Fitting and reporting share no person and no parent of one.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np

_ENDINGS = frozenset({".jpg", ".jpeg", ".png"})
_MINE = (
    ("astronaut", ("astronaut.png",)),
    ("biden", ("biden.jpg",)),
    ("obama", ("obama2.jpg", "obama.jpg")),
)
"""Whom the project's own portraits show; the first picture stands before the camera."""
_SAME_AGAIN = frozenset({"biden", "obama", "single"})
"""Folders of the optional faces that show one of them."""
_LEAST_SHARE, _MOST_SHARE = 0.35, 0.65


class Group(StrEnum):
    """What a person's sessions are for."""

    FITTING = "fitting"
    REPORTING = "reporting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A photographed person."""

    name: str
    capture: Path
    """Stands before the camera."""
    reference: Path | None = None
    """Another photograph, for the register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A person of the bench: photographed, or made of two parents."""

    name: str
    group: Group
    first: Source
    second: Source | None = None
    """None: the photographed person itself."""
    share: float = 1.0
    """The first parent's part."""
    seed: int
    """Of all that is random about this person."""

    @property
    def parents(self) -> frozenset[str]:
        """Names of the photographed persons in it."""
        return frozenset(one.name for one in (self.first, self.second) if one is not None)


def sources(portraits: Path, faces: Path | None) -> tuple[Source, ...]:
    """Return who is there: the project's portraits and, if given, a folder `identity/*/`.

    Args:
        portraits: The folder the set-up fills.
        faces: Optional portraits, a folder a person; the largest picture is the capture.
    """
    mine = [_source(name, [portraits / file for file in files]) for name, files in _MINE]
    folders = sorted((faces / "identity").iterdir()) if faces is not None else []
    theirs = [
        _source(folder.name, sorted(_pictures(folder), key=_size, reverse=True))
        for folder in folders
        if folder.name not in _SAME_AGAIN and _pictures(folder)
    ]
    return (*mine, *theirs)


def roster(people: Sequence[Source], *, count: int, seed: int) -> tuple[Identity, ...]:
    """Return at least `count` identities, half of them for fitting, half for reporting.

    Raises:
        ValueError: Fewer than two photographed persons cannot be kept apart.
    """
    if len(people) < len(Group):
        message = "the bench needs two photographed persons"
        raise ValueError(message)
    rng = np.random.default_rng(seed)
    mixed = [people[at] for at in rng.permutation(len(people))]
    halves = (mixed[0::2], mixed[1::2])
    each = (count + 1) // 2
    groups = zip((Group.REPORTING, Group.FITTING), halves, strict=True)
    return tuple(
        identity for group, half in groups for identity in _members(group, half, each, rng)
    )


def _members(
    group: Group, people: Sequence[Source], count: int, rng: np.random.Generator
) -> list[Identity]:
    """Return the photographed ones, then children of pairs in random order."""
    own = [
        Identity(name=one.name, group=group, first=one, seed=int(rng.integers(2**31)))
        for one in people
    ]
    pairs = list(itertools.permutations(people, 2)) or [(people[0], people[0])]
    order = [pairs[at] for at in rng.permutation(len(pairs))]
    children = [
        Identity(
            name=f"{first.name}-{second.name}-{number}",
            group=group,
            first=first,
            second=second,
            share=round(float(rng.uniform(_LEAST_SHARE, _MOST_SHARE)), 3),
            seed=int(rng.integers(2**31)),
        )
        for number, (first, second) in zip(
            range(max(0, count - len(own))), itertools.cycle(order), strict=False
        )
    ]
    return [*own, *children]


def _source(name: str, pictures: Sequence[Path]) -> Source:
    return Source(
        name=name, capture=pictures[0], reference=pictures[1] if len(pictures) > 1 else None
    )


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [file for file in folder.iterdir() if file.suffix.lower() in _ENDINGS]


def _size(file: Path) -> int:
    picture = cv2.imread(str(file))
    return 0 if picture is None else picture.size
