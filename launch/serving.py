"""Serving until somebody says stop."""

from __future__ import annotations

import contextlib
import signal
import time
from typing import TYPE_CHECKING, NoReturn

from launch.process import STOP_SIGNALS
from launch.system import System

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType

_LOOK_SECONDS = 0.5
_SWEEP_SECONDS = 300.0


class StopRequested(BaseException):
    """Ctrl-C, SIGTERM or the end of the terminal.

    Not an `Exception`: like KeyboardInterrupt it has to pass every handler and unwind the stack.
    """

    def __init__(self, number: int) -> None:
        """Keep the signal's number."""
        super().__init__(number)
        self.number = number


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Turn the first stop signal into StopRequested, and ignore the ones that follow.

    A second Ctrl-C must not interrupt the stopping itself, which takes seconds at most.
    """
    before = {number: signal.signal(number, _stop) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise StopRequested(number)


def run(given: Mapping[str, str], *, port: int) -> None:
    """Start everything and serve, without the journey.

    Raises:
        LaunchRefused: something could not be started, or ended by itself.
    """
    with System(given=given, port=port) as system:
        addresses(system)
        serve(system)


def addresses(system: System) -> None:
    """Print where to look."""
    print(
        "",
        "Serving until Ctrl-C",
        f"  API documentation   {system.base_url}/docs",
        f"  public check page   {system.base_url}/check",
        f"  hospital sessions   {system.base_url}/v1/clinic-sessions?q=内科",
        f"  mini-program        {system.base_url}/m/",
        f"  cashier             {system.base_url}/terminal/    code: make code FOR=till",
        f"  hospital desk       {system.base_url}/desk/        code: make code FOR=desk",
        f"  operators           {system.base_url}/ops/         code: make code FOR=operator",
        f"  health              {system.base_url}/health/ready",
        f"  logs                {system.var / 'logs'}",
        sep="\n",
        flush=True,
    )


def serve(system: System) -> None:
    """Watch over all that runs, and sweep up what is over, until a stop signal comes.

    Raises:
        LaunchRefused: one of the processes ended by itself.
    """
    swept = time.monotonic()
    try:
        while True:
            system.processes.expect_all_alive()
            time.sleep(_LOOK_SECONDS)
            if time.monotonic() - swept > _SWEEP_SECONDS:
                system.sweep()
                swept = time.monotonic()
    except StopRequested:
        print("\nStopping …", flush=True)
