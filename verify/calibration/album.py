"""Every listed picture described once; what could not be described is counted by its reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verify.calibration.pairs import Pair, pictures
from verify.errors import VerifyError
from verify.results import Embedding

Describe = Callable[[bytes], Embedding]
"""From a file's bytes to its one face; VerifyError where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A line that had to be left out."""

    row: int
    """Line of the table."""
    column: str
    """path_a or path_b."""
    reason: str
    """FILE_UNREADABLE, or the code of the refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """What was seen."""

    embeddings: Mapping[str, Embedding]
    """Picture → face, of the usable ones; 1 kB each."""
    unusable: tuple[Unusable, ...]
    """One entry for each mention of a picture that is not."""

    def usable(self, pairs: Sequence[Pair]) -> tuple[Pair, ...]:
        """Return the pairs both pictures of which were described."""
        seen = self.embeddings
        return tuple(pair for pair in pairs if pair.first in seen and pair.second in seen)


def describe_all(pairs: Sequence[Pair], *, root: Path, max_bytes: int, describe: Describe) -> Album:
    """Look at each picture once, however often it is listed.

    Args:
        pairs: The list.
        root: Where the pictures are.
        max_bytes: Longer files are not read further; `describe` refuses them.
        describe: Finds and describes the face.
    """
    embeddings: dict[str, Embedding] = {}
    refused: dict[str, str] = {}
    for name in pictures(pairs):
        try:
            embeddings[name] = describe(_read(root / name, max_bytes))
        except OSError:
            refused[name] = "FILE_UNREADABLE"
        except VerifyError as error:
            refused[name] = error.code
    return Album(embeddings=embeddings, unusable=tuple(_unusable(pairs, refused)))


def _read(path: Path, max_bytes: int) -> bytes:
    with path.open("rb") as file:
        return file.read(max_bytes + 1)


def _unusable(pairs: Sequence[Pair], refused: Mapping[str, str]) -> list[Unusable]:
    return [
        Unusable(row=pair.row, column=column, reason=refused[name])
        for pair in pairs
        for column, name in (("path_a", pair.first), ("path_b", pair.second))
        if name in refused
    ]
