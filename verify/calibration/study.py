"""A whole calibration: from the list of pairs to everything that is reported."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from verify.calibration import people, rates, scores
from verify.calibration.album import Album, Describe, Unusable, describe_all
from verify.calibration.pairs import Pair, pictures, read_pairs
from verify.calibration.rates import Point, Statement
from verify.calibration.scores import ScoreSet
from verify.errors import Code, SheetRefused

GRID: Final = tuple(round(0.05 * step, 2) for step in range(-2, 11))
"""Thresholds both rates are shown at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What came out."""

    scores: ScoreSet
    """Every score, for plots and further questions."""
    crossed: bool
    """All pairs of the pictures were taken, not only the listed ones."""
    pictures: int
    """Different pictures that were described."""
    unusable: tuple[Unusable, ...]
    """Mentions of pictures that were not."""
    table: tuple[Point, ...]
    """Both rates at the thresholds of the grid and at the one in force."""
    statements: tuple[Statement, ...]
    """One for each of `rates.RATES`."""
    equal_error: Point | None
    """Where both rates meet."""

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many mentions each reason made unusable."""
        return Counter(one.reason for one in self.unusable)

    def statement(self, rate: float) -> Statement:
        """Return what was found for one of `rates.RATES`."""
        return next(one for one in self.statements if one.rate == rate)


def conduct(
    sheet: Path,
    *,
    root: Path,
    cross: bool,
    in_force: float,
    max_bytes: int,
    describe: Describe,
) -> Study:
    """Read the list, look at every picture once, and count.

    Args:
        sheet: The table of pairs.
        root: Where the pictures lie.
        cross: Take every pair of the pictures. Pictures that no line links are then believed to
            show different persons.
        in_force: The threshold now used, shown beside the others.
        max_bytes: Longest picture file.
        describe: Finds and describes the face of one file.

    Raises:
        SheetRefused: The list is unusable, contradicts itself (SHEET_CONTRADICTORY), is too long,
            or no pair of it could be compared (SHEET_EMPTY).
    """
    pairs = read_pairs(sheet, root=root)
    persons = people.persons(pairs)
    album = describe_all(pairs, root=root, max_bytes=max_bytes, describe=describe)
    usable = album.usable(pairs)
    if not usable:
        raise SheetRefused(Code.SHEET_EMPTY)
    found = _scores(album, pairs, usable, persons, cross=cross)
    return Study(
        scores=found,
        crossed=cross,
        pictures=len(album.embeddings) if cross else len(pictures(usable)),
        unusable=album.unusable,
        table=tuple(rates.at(found, threshold) for threshold in sorted({*GRID, in_force})),
        statements=tuple(rates.state(found, rate) for rate in rates.RATES),
        equal_error=rates.equal_error(found),
    )


def _scores(
    album: Album,
    pairs: tuple[Pair, ...],
    usable: tuple[Pair, ...],
    persons: Mapping[str, int],
    *,
    cross: bool,
) -> ScoreSet:
    if cross:
        return scores.crossed(album.embeddings, persons=persons, groups=people.groups(pairs))
    return scores.listed(usable, album.embeddings, persons=persons)
