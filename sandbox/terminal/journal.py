"""What a till did without a network, in a file that a power cut does not empty."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sandbox.terminal.files import append, write_whole


class JournalError(ValueError):
    """A line before the last is no entry: the file was changed from outside."""


class Journal:
    """One line an entry, on the disk before anybody acts on it."""

    def __init__(self, path: Path) -> None:
        """Use this file; it is made, readable by its owner only, with the first entry."""
        self._path = path

    def read(self) -> list[dict[str, Any]]:
        """Return what was written; a last line that is cut in the middle is removed: no entry.

        Raises:
            JournalError: another line is none.
        """
        if not self._path.exists():
            return []
        *lines, cut = self._path.read_bytes().split(b"\n")
        if cut:
            os.truncate(self._path, self._path.stat().st_size - len(cut))
        return [self._entry(n, line) for n, line in enumerate(lines, 1)]

    def add(self, *entries: Mapping[str, Any]) -> None:
        """Write more entries, and wait until the disk has them."""
        append(self._path, b"".join(map(_line, entries)))

    def replace(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Keep only these, in one step."""
        write_whole(self._path, b"".join(map(_line, entries)))

    def _entry(self, n: int, line: bytes) -> dict[str, Any]:
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            message = f"line {n} of {self._path} is no entry"
            raise JournalError(message)
        return entry


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry).encode() + b"\n"
