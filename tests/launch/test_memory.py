import sys
from pathlib import Path

import pytest

from launch.memory import ApiMemory, api_memory
from launch.process import Processes, wait_until

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="memory is read from /proc"
)

# A supervisor; below it a server that holds 80 MB; below that workers of 120 MB and of next to
# nothing.
TREE = """
import subprocess, sys, time
kind = sys.argv[1]
held = bytearray({"server": 80, "worker": 120}.get(kind, 0) * 1_000_000)
below = {"supervisor": ["server"], "server": ["worker", "helper"]}.get(kind, [])
for each in below:
    subprocess.Popen([sys.executable, "-c", sys.argv[2], each, sys.argv[2]])
print(kind, flush=True)
time.sleep(600)
"""


def test_the_api_and_its_workers_are_told_apart(processes: Processes, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-c", TREE, "supervisor", TREE]
    child = processes.start(command, log=log, name="tree")
    wait_until(lambda: len(log.read_text().split()) == 4, child=child, seconds=30)

    measured = api_memory(child.process.pid)

    assert 80 <= measured.api_mb < 110
    (worker,) = measured.workers_mb
    assert 120 <= worker < 150


def test_a_process_that_is_gone_holds_nothing() -> None:
    assert api_memory(2**30) == ApiMemory(api_mb=0, workers_mb=())
