"""One launch at a time for each `var/`: two would share the servers' data."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from typing import TYPE_CHECKING

from launch.errors import LaunchRefused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def only_launch(var: Path, *, port: int) -> Iterator[None]:
    """Hold `var` for this process; the system lets go of it when the process ends in any way.

    Raises:
        LaunchRefused: another launch holds it; the message names its process and port.
    """
    var.mkdir(parents=True, exist_ok=True)
    with (var / ".launch.lock").open("a+", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            msg = f"Another launch{_described(handle.read())} uses {var}: stop it first."
            raise LaunchRefused(msg) from error
        handle.truncate(0)
        json.dump({"pid": os.getpid(), "port": port}, handle)
        handle.flush()
        yield


def _described(text: str) -> str:
    try:
        holder = json.loads(text)
    except ValueError:
        # Caught between taking the lock and writing who took it.
        return ""
    return f" (process {holder['pid']}, port {holder['port']})"
