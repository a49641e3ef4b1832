"""The list of pairs an operator hands in: which pictures show one person, and which do not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from verify.errors import Code, SheetRefused
from verify.sheets import Columns, Row, read_rows

MAX_GROUP: Final = 40
"""Characters of a group's name."""
_COLUMNS = Columns(
    required=frozenset({"path_a", "path_b", "same"}),
    optional=frozenset({"group"}),
    aliases=(("path1", "path_a"), ("path2", "path_b")),
)
_ANSWERS = {"0": False, "1": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two pictures."""

    row: int
    """Line of the file."""
    first: str
    """Path below the root, with forward slashes."""
    second: str
    """Path below the root, with forward slashes."""
    same: bool
    """Whether they show one person."""
    group: str = ""
    """What the operator wants to see apart, such as an age band; empty: none."""


def read_pairs(path: Path, *, root: Path) -> tuple[Pair, ...]:
    """Read `path_a,path_b,same[,group]`, columns in any order; path1 and path2 are understood.

    Args:
        path: The table.
        root: Every picture must lie below it, also after following links.

    Raises:
        SheetRefused: SHEET_UNREADABLE, SHEET_TOO_LARGE, SHEET_HEADER_WRONG, SHEET_ROW_WRONG with
            line and column, or SHEET_EMPTY.
    """
    base = root.resolve()
    checked: dict[str, bool] = {}
    pairs = tuple(_pair(row, base, checked) for row in read_rows(path, _COLUMNS))
    if not pairs:
        raise SheetRefused(Code.SHEET_EMPTY)
    return pairs


def pictures(pairs: Sequence[Pair]) -> tuple[str, ...]:
    """Return every picture once, in the order of first mention."""
    return tuple(dict.fromkeys(name for pair in pairs for name in (pair.first, pair.second)))


def _pair(row: Row, base: Path, checked: dict[str, bool]) -> Pair:
    first, second = (_below(row, column, base, checked) for column in ("path_a", "path_b"))
    if first == second:
        raise row.wrong(column="path_b")
    same, group = _ANSWERS.get(row.cells["same"]), row.cells["group"]
    if same is None:
        raise row.wrong(column="same")
    if len(group) > MAX_GROUP or not group.isprintable():
        raise row.wrong(column="group")
    return Pair(row=row.number, first=first, second=second, same=same, group=group)


def _below(row: Row, column: str, base: Path, checked: dict[str, bool]) -> str:
    """Return a picture's path, once it is sure that it does not leave the root."""
    name = row.cells[column]
    path = PurePosixPath(name)
    if not name or "\\" in name or not name.isprintable() or ".." in path.parts:
        raise row.wrong(column=column)
    key = str(path)
    if key not in checked:
        checked[key] = not path.is_absolute() and (base / path).resolve().is_relative_to(base)
    if not checked[key]:
        raise row.wrong(column=column)
    return key
