"""Files that a power cut leaves whole, readable by their owner only."""

import os
from io import FileIO
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Put data in the place of a file in one step; on the disk when it returns."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    keep_name(path)


def append(path: Path, data: bytes) -> None:
    """Add data to the end of a file, which is made where there is none; on the disk as above.

    Where the disk is full the file stays as it was.
    """
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab", buffering=0) as file:
        size = os.fstat(descriptor).st_size
        try:
            _write(file, data)
        except OSError:
            os.ftruncate(descriptor, size)
            raise
    if is_new:
        keep_name(path)


def _write(file: FileIO, data: bytes) -> None:
    if file.write(data) != len(data):
        message = "the disk is full"
        raise OSError(message)
    os.fsync(file.fileno())


def keep_name(path: Path) -> None:
    """Wait until the disk has the file's name, too: without that a new file can be lost."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
