"""TCP ports on this machine."""

from __future__ import annotations

import errno
import socket

from launch.errors import LaunchRefused

HOST = "127.0.0.1"
_HIGHEST = 65_535


def expect_free(port: int) -> None:
    """Refuse a port that cannot be listened on.

    Raises:
        LaunchRefused: naming the port and the reason.
    """
    if not 1 <= port <= _HIGHEST:
        msg = f"PORT={port} is not a port: it must lie between 1 and {_HIGHEST}."
        raise LaunchRefused(msg)
    with socket.socket() as probe:
        # Connections of an earlier run that are only waiting to be forgotten do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise LaunchRefused(_reason(port, error)) from error


def _reason(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program: stop it, or choose one with PORT=…"
    if error.errno == errno.EACCES:
        return f"Port {port} may only be used by root: choose one above 1023 with PORT=…"
    return f"Port {port} cannot be used: {error.strerror}"


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
