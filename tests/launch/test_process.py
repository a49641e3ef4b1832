import os
import signal
import sys
from pathlib import Path

import pytest

from launch.errors import LaunchRefused
from launch.process import Processes, wait_until
from tests.launch.conftest import Launcher, ends, is_running, line_of

# A launcher whose child starts a grandchild and deafly ignores SIGTERM.
STUBBORN = """
import sys, time
from pathlib import Path
from launch.process import Processes
child = '''
import signal, subprocess, sys, time, os
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), grandchild.pid, flush=True)
time.sleep(600)
'''
log = Path({log!r})
with Processes(grace_seconds=0.3) as processes:
    processes.start([sys.executable, "-c", child], log=log, name="child")
    while not log.read_text().strip():
        time.sleep(0.02)
    print(log.read_text().strip(), flush=True)
    time.sleep(600)
"""


def test_a_launcher_that_is_killed_leaves_nothing(launcher: Launcher, tmp_path: Path) -> None:
    process = launcher(STUBBORN.format(log=str(tmp_path / "log")))
    child, grandchild = map(int, line_of(process).split())
    assert is_running(child)
    assert is_running(grandchild)

    process.kill()

    assert ends(child)
    assert ends(grandchild)


def test_stopping_ends_grandchildren_too(processes: Processes, tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(p.pid, flush=True); time.sleep(600)"
    )
    log = tmp_path / "log"
    child = processes.start([sys.executable, "-c", script], log=log, name="child")
    wait_until(lambda: bool(log.read_text().strip()), child=child, seconds=20)

    processes.stop(child)

    assert not is_running(child.process.pid)
    assert ends(int(log.read_text()))


def test_children_are_asked_with_their_own_signal(processes: Processes, tmp_path: Path) -> None:
    script = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGINT, lambda *_: sys.exit('asked with SIGINT'))\n"
        "print('ready', flush=True); time.sleep(600)"
    )
    log = tmp_path / "log"
    child = processes.start(
        [sys.executable, "-c", script], log=log, name="child", stop_signal=signal.SIGINT
    )
    wait_until(lambda: "ready" in log.read_text(), child=child, seconds=20)

    processes.stop(child)

    assert "asked with SIGINT" in log.read_text()


def test_a_child_that_ends_by_itself_is_reported_with_its_log(
    processes: Processes, tmp_path: Path
) -> None:
    script = "print('the disk is full'); raise SystemExit(7)"
    child = processes.start([sys.executable, "-c", script], log=tmp_path / "log", name="Postgres")

    with pytest.raises(LaunchRefused, match=r"Postgres ended with code 7(?s:.)*the disk is full"):
        wait_until(lambda: False, child=child, seconds=20)
    with pytest.raises(LaunchRefused, match="Postgres ended"):
        processes.expect_all_alive()


def test_waiting_has_an_end(processes: Processes, tmp_path: Path) -> None:
    script = "import time; time.sleep(600)"
    child = processes.start([sys.executable, "-c", script], log=tmp_path / "log", name="Valkey")

    with pytest.raises(LaunchRefused, match="Valkey was not ready after 0 s"):
        wait_until(lambda: False, child=child, seconds=0.1)


def test_nothing_is_started_without_a_guard(processes: Processes, tmp_path: Path) -> None:
    processes._guard.kill()
    processes._guard.wait()

    with pytest.raises(LaunchRefused, match="guard"):
        processes.start([sys.executable, "-c", ""], log=tmp_path / "log", name="child")


def test_a_child_does_not_see_the_terminals_interrupt(processes: Processes, tmp_path: Path) -> None:
    script = "import os; print(os.getsid(0), flush=True)"
    child = processes.start([sys.executable, "-c", script], log=tmp_path / "log", name="child")
    child.process.wait(timeout=20)

    assert int((tmp_path / "log").read_text()) == child.process.pid != os.getsid(0)
