"""The directory the rings' files lie in: private, locked for changes, replaced in one step."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.core.keys.errors import Fault, KeysUnusable

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
Stamp = tuple[int, int, int]
"""Inode, size and time of the last change, of content or of permissions."""


class KeyDirectory:
    """Files only their owner can use."""

    def __init__(self, path: Path) -> None:
        """Use this directory; it is made, 0700, when the first file is written."""
        self._path = path
        self._names: dict[str, str] = {}

    def stamp(self, ring: str) -> Stamp | None:
        """The state of a ring's file, or None where there is none. Costs one `stat`.

        Raises:
            KeysUnusable: UNREADABLE.
        """
        try:
            return _stamp(os.stat(self._name(ring)))  # noqa: PTH116 - asked many times a request
        except FileNotFoundError:
            return None
        except OSError:
            raise KeysUnusable(ring, Fault.UNREADABLE) from None

    def read(self, ring: str) -> tuple[bytes, Stamp]:
        """A ring's file and the state it was read in.

        1. The directory is its owner's alone.
        2. The file is no link, and its owner's alone; asked of what was opened, not of the name.

        Raises:
            KeysUnusable: DIRECTORY_TOO_OPEN, FILE_TOO_OPEN or UNREADABLE.
        """
        try:
            self._require_private(ring)  # 1
            descriptor = os.open(self._file(ring), os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "rb") as file:
                state = os.fstat(file.fileno())
                if state.st_mode & _OTHERS:  # 2
                    raise KeysUnusable(ring, Fault.FILE_TOO_OPEN)
                return file.read(), _stamp(state)
        except OSError:
            raise KeysUnusable(ring, Fault.UNREADABLE) from None

    def replace(self, ring: str, data: bytes) -> None:
        """Put `data` in the place of a ring's file; whole or not at all, even through a crash.

        The caller holds the lock.

        Raises:
            KeysUnusable: UNREADABLE.
        """
        fresh = self._path / f".{ring}.new"
        try:
            fresh.unlink(missing_ok=True)  # of a process that was killed here
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._file(ring))
            self._sync()
        except OSError:
            raise KeysUnusable(ring, Fault.UNREADABLE) from None

    @contextmanager
    def locked(self, ring: str) -> Iterator[None]:
        """Keep other processes from changing any ring meanwhile.

        The lock is the kernel's and ends with the process that holds it.

        Raises:
            KeysUnusable: DIRECTORY_TOO_OPEN or UNREADABLE.
        """
        descriptor = self._lock(ring)
        try:
            yield
        finally:
            os.close(descriptor)

    def _lock(self, ring: str) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.mkdir(mode=0o700, exist_ok=True)
            self._require_private(ring)
            descriptor = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            raise KeysUnusable(ring, Fault.UNREADABLE) from None
        return descriptor

    def _require_private(self, ring: str) -> None:
        if self._path.stat().st_mode & _OTHERS:
            raise KeysUnusable(ring, Fault.DIRECTORY_TOO_OPEN)

    def _sync(self) -> None:
        descriptor = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _name(self, ring: str) -> str:
        name = self._names.get(ring)
        if name is None:
            name = self._names[ring] = str(self._file(ring))
        return name

    def _file(self, ring: str) -> Path:
        return self._path / f"{ring}.json"


def _stamp(state: os.stat_result) -> Stamp:
    return state.st_ino, state.st_size, state.st_ctime_ns
