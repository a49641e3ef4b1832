"""A server that can vanish from its port as if its machine were gone, and come back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from sandbox.departments.office.server import OfficeServer

Address = tuple[str, int]
_POLL_SECONDS = 0.05
_DRAIN_SECONDS = 5.0


class Door:
    """Opens and shuts one server; its port stays the same, and its own, meanwhile."""

    def __init__(self, make: Callable[[Address], OfficeServer], address: Address) -> None:
        """Take the port, without listening.

        Args:
            make: binds the server to an address.
            address: port 0 takes a free one.

        Raises:
            OSError: the address is taken or not ours.
        """
        self._make = make
        self._lock = threading.Lock()
        self._held: socket.socket | None = _hold(address)
        self._address: Address = self._held.getsockname()
        self._server: OfficeServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port in use."""
        return self._address[1]

    def open(self) -> None:
        """Listen, unless it does.

        Raises:
            OSError: somebody took the port in the moment between two sockets.
            ValueError: the server cannot be made.
        """
        with self._lock:
            if self._server is not None:
                return
            self._let_go()
            self._server = self._make(self._address)
            self._thread = threading.Thread(
                target=self._server.serve_forever, kwargs={"poll_interval": _POLL_SECONDS}
            )
            self._thread.start()

    def vanish(self) -> None:
        """Stop listening and cut every connection; nobody else gets the port."""
        with self._lock:
            server = self._stop()
            if server is not None:
                server.connections.cut()
                self._held = _hold(self._address)

    def close(self) -> None:
        """Stop listening, answer what has been asked, and give the port up."""
        with self._lock:
            server = self._stop()
            if server is not None:
                server.connections.drain(_DRAIN_SECONDS)
            self._let_go()

    def _stop(self) -> OfficeServer | None:
        server, thread = self._server, self._thread
        if server is None or thread is None:
            return None
        server.shutdown()
        thread.join()
        server.server_close()
        self._server = self._thread = None
        return server

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None


def _hold(address: Address) -> socket.socket:
    """Bind a socket that never listens: whoever connects is refused."""
    held = socket.socket()
    try:
        # As the server does: connections that wait to be forgotten do not count.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(address)
    except OSError:
        held.close()
        raise
    return held
