"""The pages a file shows, counted by walking their tree and never twice over the same node."""

from collections.abc import Callable, Hashable
from typing import Final

from certificates.verdicts import Integrity

_MOST_NODES: Final = 1000
Follow = Callable[[object], tuple[Hashable, object]]


def pages_obstacle(root: object, *, follow: Follow, limit: int) -> Integrity | None:
    """Return what is wrong with the pages of a catalogue, or nothing.

    Args:
        root: the catalogue.
        follow: gives for a reference a name of its target and the target.
        limit: of pages.

    Returns:
        TOO_MANY_PAGES also by a mere claim; PAGES_WRONG for none, a loop, or a wrong count.
    """
    _, top = follow(_entry(root, "/Pages"))
    _, claimed = follow(_entry(top, "/Count"))
    if not isinstance(claimed, int) or claimed < 1:
        return Integrity.PAGES_WRONG
    if claimed > limit:
        return Integrity.TOO_MANY_PAGES
    found = _count(_entry(root, "/Pages"), follow)
    if found is not None and found > limit:
        return Integrity.TOO_MANY_PAGES
    return None if found == claimed else Integrity.PAGES_WRONG


def _count(top: object, follow: Follow) -> int | None:
    waiting, seen, pages = [top], set[Hashable](), 0
    while waiting:
        name, node = follow(waiting.pop())
        if name in seen or not isinstance(node, dict) or len(seen) > _MOST_NODES:
            return None
        seen.add(name)
        kids = follow(_entry(node, "/Kids"))[1]
        if isinstance(kids, list):
            waiting.extend(list.__iter__(kids))
        else:
            pages += 1
    return pages


def _entry(node: object, key: str) -> object:
    # The class's own method: a library's subclass may follow references in its.
    return dict.get(node, key) if isinstance(node, dict) else None
