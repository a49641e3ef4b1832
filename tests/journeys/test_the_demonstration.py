"""`make demo` as somebody at a terminal sees it: real processes, data of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from launch.bootstrap import CHECKOUT
from launch.ports import free_port
from tests.journeys.ground import folder, given

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]
_PATIENCE_S = 120
_STEPS = (
    *("verification", "token", "certificate", "card", "decode"),
    *("quote", "settle", "refund"),
    *("place", "hold", "fee", "arrival", "service"),
)
_REFUSED = {
    "impostor": {"NOT_VERIFIED"},
    "flat_photo": {"NOT_VERIFIED", "ACTION_NOT_SEEN"},
    "replayed_session": {"REJECTED_PROTOCOL"},
    "used_code": {"CODE_USED"},
    "settled_twice": {"PRESENCE_USED"},
    "foreign_key_token": {"INVALID_TOKEN"},
}


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    with folder() as made:
        yield made


@pytest.fixture(scope="module")
def demonstrated(var: Path) -> subprocess.CompletedProcess[str]:
    """The demonstration, played once."""
    command = [*_launch("demo", free_port()), "--once"]
    return subprocess.run(  # noqa: S603 - our own program
        command,
        cwd=CHECKOUT,
        env=given(var),
        check=False,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
    )


def test_once_means_everything_held_and_nothing_is_left_running(
    demonstrated: subprocess.CompletedProcess[str], var: Path
) -> None:
    assert demonstrated.returncode == 0, demonstrated.stdout + demonstrated.stderr
    told = json.loads(demonstrated.stdout.splitlines()[-1])

    assert told["ok"] is True
    assert set(told["steps"]) == {f"{step}_ms" for step in _STEPS}
    assert told["refused"].keys() == _REFUSED.keys()
    assert all(code in _REFUSED[name] for name, code in told["refused"].items())
    assert Path(told["certificate_pdf"]).read_bytes().startswith(b"%PDF-")
    assert told["signature_level"] == "B-LTA"
    assert told["journey_ms"] >= sum(told["steps"].values()) - len(_STEPS)
    # bench-journey's target is 250; with settlement and family 255 were measured, with a hospital's
    # desk, its bookings and the pages 272. Typst, which sets what no plate fits, is 26 of them.
    assert 0 < told["rss_mb"] <= 280
    assert 0 < max(told["workers_rss_mb"]) <= 400
    assert _processes_of(var) == []


def test_a_second_launch_names_the_taken_port_and_ctrl_c_keeps_the_data_and_no_process(
    demonstrated: subprocess.CompletedProcess[str], var: Path
) -> None:
    pdf = Path(json.loads(demonstrated.stdout.splitlines()[-1])["certificate_pdf"]).read_bytes()
    port = free_port()

    with _serving(var, port) as serving:
        second = subprocess.run(  # noqa: S603 - our own program
            _launch("demo", port),
            cwd=CHECKOUT,
            env=given(var),
            check=False,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
        )
        with urllib3.PoolManager(retries=False) as pool:
            url = f"http://127.0.0.1:{port}/v1/certificate-checks"
            checked = pool.request(
                "POST", url, body=pdf, headers={"Content-Type": "application/pdf"}
            ).json()
        serving.send_signal(signal.SIGINT)
        ended = serving.wait(timeout=_PATIENCE_S)

    assert second.returncode == 1
    assert f"Port {port} is taken" in second.stderr
    assert checked["valid"] is True
    assert ended == 0
    assert _processes_of(var) == []


@contextmanager
def _serving(var: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 - our own program
        _launch("run", port), cwd=CHECKOUT, env=given(var), stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stdout is not None
            assert any("Serving until Ctrl-C" in line for line in process.stdout)
            yield process
        finally:
            process.kill()


def _launch(kind: str, port: int) -> list[str]:
    return [sys.executable, "-m", "launch", kind, "--port", str(port)]


def _processes_of(var: Path) -> list[str]:
    """Processes that were started with this folder in their environment or their words."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if str(var).encode() in told:
            found.append(told.decode(errors="replace"))
    return found
