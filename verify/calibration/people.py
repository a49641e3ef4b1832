"""Who is who in a list of pairs: pictures linked by `same = 1` show one person."""

from collections.abc import Mapping, Sequence

from verify.calibration.pairs import Pair, pictures
from verify.errors import Code, SheetRefused


def persons(pairs: Sequence[Pair]) -> Mapping[str, int]:
    """Return picture → number of its person; a picture linked to no other is a person by itself.

    Raises:
        SheetRefused: SHEET_CONTRADICTORY: a line says two pictures show different persons though
            other lines link them.
    """
    parents = {name: name for name in pictures(pairs)}
    for pair in pairs:
        if pair.same:
            parents[_root(parents, pair.second)] = _root(parents, pair.first)
    numbers: dict[str, int] = {}
    found = {name: numbers.setdefault(_root(parents, name), len(numbers)) for name in parents}
    for pair in pairs:
        if not pair.same and found[pair.first] == found[pair.second]:
            raise SheetRefused(Code.SHEET_CONTRADICTORY, pair.row, "same")
    return found


def groups(pairs: Sequence[Pair]) -> Mapping[str, str]:
    """Return picture → its group; empty where lines disagree or name none."""
    named: dict[str, set[str]] = {}
    for pair in pairs:
        for name in (pair.first, pair.second):
            named.setdefault(name, set()).update({pair.group} - {""})
    return {name: next(iter(found)) if len(found) == 1 else "" for name, found in named.items()}


def _root(parents: dict[str, str], name: str) -> str:
    """Follow links to a person's first picture, halving the way for the next who asks."""
    while parents[name] != name:
        parents[name] = parents[parents[name]]
        name = parents[name]
    return name
