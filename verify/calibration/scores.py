"""Scores of many pairs, and the group each pair belongs to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from verify.calibration.faces import Faces, Floats
from verify.calibration.pairs import Pair
from verify.errors import Code, SheetRefused
from verify.results import Embedding

MAX_CROSS: Final = 5_000
"""Pictures whose every pair is scored: 12 million scores, 530 MB at the peak, 25 s."""
_CHUNK = 4096
Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Scores of one sort of pair."""

    values: Floats
    """(n,) fused scores."""
    groups: Numbers
    """(n,) index into `ScoreSet.names`; 0 is no group."""

    def of(self, group: int) -> Floats:
        """Return the scores of one group."""
        return np.asarray(self.values[self.groups == group])


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSet:
    """All that thresholds are found from."""

    genuine: Scores
    """Pairs of one person."""
    impostor: Scores
    """Pairs of two persons."""
    names: tuple[str, ...]
    """Groups; the first is the empty one."""
    persons: int
    """How many different persons the pictures show."""


def listed(
    pairs: Sequence[Pair],
    embeddings: Mapping[str, Embedding],
    *,
    persons: Mapping[str, int],
) -> ScoreSet:
    """Score the pairs as they are listed; both pictures of each must have been described."""
    faces = Faces(list(embeddings.values()))
    place = {name: index for index, name in enumerate(embeddings)}
    names = _names(pair.group for pair in pairs)
    numbers = {name: index for index, name in enumerate(names)}
    sides = np.array([(place[p.first], place[p.second]) for p in pairs], np.int64).reshape(-1, 2)
    values = [faces.between(part[:, 0], part[:, 1]) for part in _parts(sides)]
    groups = np.array([numbers[pair.group] for pair in pairs], np.int32)
    same = np.array([pair.same for pair in pairs], bool)
    people = len({persons[name] for name in embeddings})
    return _split(np.concatenate(values), groups, same, names=names, persons=people)


def crossed(
    embeddings: Mapping[str, Embedding],
    *,
    persons: Mapping[str, int],
    groups: Mapping[str, str],
) -> ScoreSet:
    """Score every pair of pictures; a pair belongs to a group if both pictures do.

    Raises:
        SheetRefused: SHEET_TOO_LARGE: more than 5,000 pictures.
    """
    if len(embeddings) > MAX_CROSS:
        raise SheetRefused(Code.SHEET_TOO_LARGE)
    faces = Faces(list(embeddings.values()))
    names = _names(groups[name] for name in embeddings)
    person = np.array([persons[name] for name in embeddings], np.int64)
    group = np.array([names.index(groups[name]) for name in embeddings], np.int32)
    starts = range(1, len(embeddings) + 1)
    values = [faces.following(start - 1) for start in starts]
    same = [person[start:] == person[start - 1] for start in starts]
    shared = [np.where(group[start:] == group[start - 1], group[start - 1], 0) for start in starts]
    return _split(
        np.concatenate(values),
        np.concatenate(shared).astype(np.int32),
        np.concatenate(same),
        names=names,
        persons=len(set(person.tolist())),
    )


def _split(
    values: Floats,
    groups: Numbers,
    same: NDArray[np.bool_],
    *,
    names: tuple[str, ...],
    persons: int,
) -> ScoreSet:
    return ScoreSet(
        genuine=Scores(values=values[same], groups=groups[same]),
        impostor=Scores(values=values[~same], groups=groups[~same]),
        names=names,
        persons=persons,
    )


def _names(groups: Iterable[str]) -> tuple[str, ...]:
    return ("", *sorted(set(groups) - {""}))


def _parts(rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return [rows[at : at + _CHUNK] for at in range(0, max(1, len(rows)), _CHUNK)]
