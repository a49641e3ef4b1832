"""Each department is a program that says where it is, serves, and stops when it is told to."""

import importlib.util
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.departments.directory import DEPARTMENTS, Entry, Way, department
from sandbox.departments.office.control import FAULTS_PATH
from sandbox.departments.office.counter import HEALTH_PATH
from tests.sandbox.departments.building import TOKEN, send

ROOT = Path(__file__).resolve().parents[3]
PORTRAITS = ROOT / "var" / "portraits"
SECONDS = 60
ASKED = [entry for entry in DEPARTMENTS if entry.way is Way.HTTP]

Process = subprocess.Popen[str]
Start = Callable[..., Process]

every_asked_department = pytest.mark.parametrize("entry", ASKED, ids=lambda entry: entry.name)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Runs a department in a process of its own, which is not there after the test."""
    started: list[Process] = []

    def run(entry: Entry, *options: str, token: str = TOKEN) -> Process:
        words = [f"--data={tmp_path / entry.name}", *options]
        if entry.name == "population":
            words.append(f"--portraits={PORTRAITS}")
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", entry.module, *words],
            cwd=ROOT,
            env={entry.secret_name or "NONE": token},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def port_in(line: str) -> int:
    found = re.search(r"http://127\.0\.0\.1:(\d+)\n", line)
    assert found, line
    return int(found[1])


def ports_of(process: Process) -> tuple[int, int]:
    assert process.stdout is not None
    return port_in(process.stdout.readline()), port_in(process.stdout.readline())


def test_there_are_eight_and_each_is_a_program() -> None:
    assert len(DEPARTMENTS) == 8
    for entry in DEPARTMENTS:
        assert importlib.util.find_spec(f"{entry.module}.__main__"), entry.name
        assert (entry.port is not None) == (entry.way is Way.HTTP)
        assert (entry.control_port is not None) == (entry.way is Way.HTTP)
    secrets = [entry.secret_name for entry in DEPARTMENTS if entry.secret_name]
    assert len(secrets) == len(set(secrets)) == 7
    assert department("population").secret_name == "POPULATION_TOKEN"


@every_asked_department
def test_a_department_serves_at_both_ports_until_it_is_asked_to_stop(
    entry: Entry, start: Start
) -> None:
    if entry.name == "population" and not (PORTRAITS / "obama3.jpg").exists():
        pytest.skip("the sample portraits are missing: make setup")
    process = start(entry, f"--port={entry.port}", f"--control-port={entry.control_port}")
    port, control = ports_of(process)

    assert send(port, "GET", HEALTH_PATH).json["status"] == "ok"
    usual = send(control, "GET", FAULTS_PATH).json
    slowest = 60 if entry.name == "population" else 200
    assert (usual["failure"], usual["slowest_ms"]) == ("none", slowest)

    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0


def test_faults_may_be_given_on_the_command_line(start: Start) -> None:
    entry = department("housing")
    words = ("--port=0", "--control-port=0", "--fail=half-answered", "--slow=0.25")
    _, control = ports_of(start(entry, *words))

    assert send(control, "GET", FAULTS_PATH).json == {
        "failure": "half-answered",
        "fastest_ms": 250,
        "slowest_ms": 250,
    }


def test_a_department_that_cannot_begin_says_why(start: Start) -> None:
    entry = department("housing")
    port, _ = ports_of(start(entry, "--port=0", "--control-port=0"))
    without_token = start(entry, "--port=0", token="")
    on_a_taken_port = start(entry, f"--port={port}")
    nowhere = start(entry, "--port=99999")

    for process, reason in (
        (without_token, "an empty service token"),
        (on_a_taken_port, "in use"),
        (nowhere, "port must be"),
    ):
        _, told = process.communicate(timeout=SECONDS)
        assert process.returncode == 1
        assert "housing department cannot start" in told
        assert reason in told
        assert "Traceback" not in told
