"""The folder drops come into: names are looked at, nothing leads out of it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from app.exchange.errors import ExchangeFailed, Failure

MOST_ENTRIES: Final = 10_000
"""More files than this are nobody's drops."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Drop:
    """A manifest's file by its name, which is not believed: the manifest has to say the same."""

    sequence: int
    stem: str

    @property
    def manifest(self) -> str:
        """Name of the manifest's file."""
        return f"{self.stem}.jws"

    @property
    def lines(self) -> str:
        """Name of the file of lines."""
        return f"{self.stem}.ndjson"


class DropFolder:
    """One department's folder."""

    def __init__(self, path: Path) -> None:
        """Name the folder; it may come later."""
        self._path = path

    def drops(self, prefix: str) -> list[Drop]:
        """All drops by name, the newest first.

        Args:
            prefix: of the file names, by the contract.

        Raises:
            ExchangeFailed: UNREACHABLE where there is no folder, TOO_LARGE.
        """
        shape = re.compile(rf"({re.escape(prefix)}-([0-9]{{6,12}})-[0-9A-Za-z]{{1,40}})\.jws")
        with self._opened() as folder, os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, MOST_ENTRIES + 1)]
        if len(names) > MOST_ENTRIES:
            raise ExchangeFailed(Failure.TOO_LARGE)
        found = [match for name in names if (match := shape.fullmatch(name))]
        return sorted((Drop(sequence=int(m[2]), stem=m[1]) for m in found), reverse=True)

    def read(self, name: str, *, most: int) -> bytes:
        """Read a plain file of the folder.

        1. No link is followed, and no device or pipe is waited for. 2. It is a plain file. 3. It
        is not larger than `most` bytes.

        Raises:
            ExchangeFailed: NOT_VOUCHED where it is not there or no plain file, TOO_LARGE.
        """
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # 1
        try:
            with self._opened() as folder:
                handle = os.open(name, flags, dir_fd=folder)
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):  # 2
                    raise ExchangeFailed(Failure.NOT_VOUCHED)
                content = file.read(most + 1)
        except OSError:
            raise ExchangeFailed(Failure.NOT_VOUCHED) from None
        if len(content) > most:  # 3
            raise ExchangeFailed(Failure.TOO_LARGE)
        return content

    @contextmanager
    def _opened(self) -> Iterator[int]:
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            raise ExchangeFailed(Failure.UNREACHABLE) from None
        try:
            yield handle
        finally:
            os.close(handle)
