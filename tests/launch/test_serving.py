import signal

import pytest

from tests.launch.conftest import Launcher, line_of

SCRIPT = """
import time
from launch.serving import StopRequested, stoppable
try:
    with stoppable():
        try:
            print("ready", flush=True)
            time.sleep(600)
        finally:
            print("stopping", flush=True)
            time.sleep(0.5)
            print("stopped", flush=True)
except StopRequested as stop:
    print(stop.number, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_does_not_interrupt_the_stopping(
    launcher: Launcher, number: signal.Signals
) -> None:
    process = launcher(SCRIPT)
    assert line_of(process) == "ready"

    process.send_signal(number)
    assert line_of(process) == "stopping"
    process.send_signal(number)

    assert line_of(process) == "stopped"
    assert line_of(process) == str(int(number))
