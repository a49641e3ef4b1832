"""TCP ports on this machine, and whether anybody answers there."""

from __future__ import annotations

import contextlib
import errno
import http.client
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
    (port,) = free_ports(1)
    return port


def free_ports(count: int) -> tuple[int, ...]:
    """Return ports that are free now, all of them different."""
    with contextlib.ExitStack() as closing:
        probes = [closing.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return tuple(probe.getsockname()[1] for probe in probes)


def answers(address: str, path: str) -> bool:
    """Tell whether somebody answers there and is well."""
    host, _, port = address.removeprefix("http://").partition(":")
    # Not urllib: a proxy in the environment must not be asked about this machine.
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
