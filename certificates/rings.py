"""Rotation: the same kind of key under rising numbers, each with a public document beside it."""

from collections.abc import Callable
from dataclasses import dataclass

from certificates.keys import KeyProvider

_LAST = 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Members `<prefix>-0001`, `-0002`, …; the newest is in use, all of them stay readable.

    A member exists once its document is published, so a process sees another's rotation at its
    next look (one look-up of a name that is not there).
    """

    keys: KeyProvider
    prefix: str

    def members(self) -> tuple[bytes, ...]:
        """Return the documents of all members, oldest first."""
        found: list[bytes] = []
        while (document := self.keys.document(self.name(len(found) + 1))) is not None:
            found.append(document)
        return tuple(found)

    def name(self, number: int) -> str:
        """Return the name of a member, counted from 1.

        Raises:
            ValueError: outside 1 … 9999.
        """
        if not 1 <= number <= _LAST:
            msg = "a ring has 1 to 9999 members"
            raise ValueError(msg)
        return f"{self.prefix}-{number:04}"

    def add(self, make_document: Callable[[str], bytes], *, after: int) -> bytes:
        """Publish the member that follows number `after`; of two processes, the first wins.

        Args:
            make_document: makes the document for the key of the name it is given.
            after: how many members the caller has seen.
        """
        name = self.name(after + 1)
        return self.keys.publish(name, make_document(name))
