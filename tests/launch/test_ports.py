import socket
import subprocess
import sys
from pathlib import Path

import pytest

from launch.errors import LaunchRefused
from launch.lock import only_launch
from launch.ports import expect_free, free_port
from tests.launch.conftest import ROOT, Launcher, line_of

HOLDER = """
import time
from pathlib import Path
from launch.lock import only_launch
with only_launch(Path({var!r}), port=8123):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_free_port_may_be_used() -> None:
    expect_free(free_port())


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        pytest.param(
            "::", marks=pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6")
        ),
    ],
)
def test_a_taken_port_is_named(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    both = family == socket.AF_INET6
    with socket.create_server((address, 0), family=family, dualstack_ipv6=both) as server:
        port = server.getsockname()[1]
        with pytest.raises(LaunchRefused, match=f"Port {port} is taken"):
            expect_free(port)


@pytest.mark.parametrize("port", [-1, 0, 65_536])
def test_a_number_that_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(LaunchRefused, match=f"PORT={port} is not a port"):
        expect_free(port)


@pytest.mark.parametrize("kind", ["demo", "run"])
def test_nothing_is_started_when_the_port_is_taken(kind: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "launch", kind, "--port", str(port)],
            cwd=ROOT,
            env={"VAR_DIR": str(tmp_path)},
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert not list(tmp_path.iterdir())


def test_two_launches_never_share_their_data(launcher: Launcher, tmp_path: Path) -> None:
    holder = launcher(HOLDER.format(var=str(tmp_path)))
    assert line_of(holder) == "held"

    with (
        pytest.raises(LaunchRefused, match=rf"process {holder.pid}, port 8123"),
        only_launch(tmp_path, port=8000),
    ):
        pytest.fail("the data were shared")


def test_a_killed_launch_holds_nothing(launcher: Launcher, tmp_path: Path) -> None:
    holder = launcher(HOLDER.format(var=str(tmp_path)))
    assert line_of(holder) == "held"
    holder.kill()
    holder.wait()

    with only_launch(tmp_path, port=8000):
        assert '"port": 8000' in (tmp_path / ".launch.lock").read_text()
