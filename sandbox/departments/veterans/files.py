"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

PARTIAL = ".part"


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the final place, let it reach the disk, then rename.

    Raises:
        OSError: it could not be written; nothing is at `path` that was not there before.
    """
    partial = path.with_name(f".{path.name}{PARTIAL}")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    # The new name is an entry of the folder, which has its own place on the disk.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
