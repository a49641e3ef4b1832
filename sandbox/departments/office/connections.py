"""The connections of a server that are open, so that they can be ended with it."""

from __future__ import annotations

import contextlib
import socket
import threading


class Connections:
    """Knows every open connection."""

    def __init__(self) -> None:
        """Begin with none."""
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()

    def add(self, connection: socket.socket) -> None:
        """Note one that has been accepted."""
        with self._changed:
            self._open.add(connection)

    def remove(self, connection: socket.socket) -> None:
        """Forget one that has been closed."""
        with self._changed:
            self._open.discard(connection)
            self._changed.notify_all()

    def drain(self, seconds: float) -> None:
        """Let requests that have arrived be answered, no new one arrive; cut what takes longer."""
        self._shut(socket.SHUT_RD)
        with self._changed:
            self._changed.wait_for(lambda: not self._open, timeout=seconds)
        self.cut()

    def cut(self) -> None:
        """End all, in the middle of a word if need be."""
        self._shut(socket.SHUT_RDWR)

    def _shut(self, side: int) -> None:
        with self._changed:
            for connection in self._open:
                with contextlib.suppress(OSError):  # the peer was quicker
                    connection.shutdown(side)
