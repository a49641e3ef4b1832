"""The running system of the measurement: servers, payment provider, API and dispatcher.

As `launch.system` starts them, but for departments and certificates' services, which no purchase
asks. The data are new each time and gone afterwards; they lie on a disk and are written durably.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config import Settings
from launch.bootstrap import CHECKOUT
from launch.environment import Connections, api_environment, service_options, var_folder
from launch.errors import LaunchRefused
from launch.payments import PaymentService
from launch.ports import HOST, answers, free_port
from launch.process import Child, Processes, wait_until
from launch.services import private_services
from launch.system import api_command

_READY_S = 300.0
_FETCHED = ("models", "portraits")
_GIVEN = {
    "LOG_LEVEL": "WARNING",
    # Nobody is asked for: no face is shown.
    "POPULATION_URL": f"http://{HOST}:9",
    "POPULATION_TOKEN": "unused",
    "FACE_WORKERS": "1",
    "CHECK_PRESTART": "false",
    # A round's codes are shown at once and read one after the other.
    "CARD_CODE_SECONDS": "300",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """What serves, and how to reach it."""

    base_url: str
    environment: Mapping[str, str]
    var: Path
    processes: Processes
    api: Child
    dispatcher: Child | None

    @property
    def settings(self) -> Settings:
        """The settings the API runs by."""
        return Settings.from_environment(self.environment)

    @property
    def provider(self) -> Path:
        """Where the payment provider's addresses are written down."""
        return self.var / "payments" / "provider.json"


@contextlib.contextmanager
def running_town(
    *, workers: int = 1, more: Mapping[str, str] | None = None, dispatching: bool = True
) -> Iterator[Town]:
    """Start everything and wait until the API is ready; end and forget it afterwards.

    Args:
        workers: processes of the API.
        more: further settings.
        dispatching: whether the outbox is worked off meanwhile.

    Raises:
        LaunchRefused: with the reason.
    """
    home = Path(tempfile.mkdtemp(prefix="zr-"))
    home.chmod(0o755)  # the servers' account enters it
    try:
        _lend(home)
        with contextlib.ExitStack() as stack:
            given = {**os.environ, **_GIVEN, **(more or {})}
            yield _start(stack, home, workers, given, dispatching=dispatching)
    finally:
        shutil.rmtree((home / "servers").resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def _lend(home: Path) -> None:
    """Show what was fetched once: nobody fetches it anew for a measurement."""
    fetched = var_folder(CHECKOUT, os.environ)
    for name in _FETCHED:
        if not (fetched / name).is_dir():
            msg = f"{fetched / name} is missing: run `make setup` first."
            raise LaunchRefused(msg)
        (home / name).symlink_to((fetched / name).resolve())


def _start(
    stack: contextlib.ExitStack,
    home: Path,
    workers: int,
    given: Mapping[str, str],
    *,
    dispatching: bool,
) -> Town:
    port = free_port()
    base_url = f"http://{HOST}:{port}"
    processes = stack.enter_context(Processes())
    payments = PaymentService(given=given, var=home, api_url=base_url, processes=processes)
    payments.start()
    services = stack.enter_context(
        private_services(home, options=service_options(given), processes=processes)
    )
    connections = Connections(database_url=services.database_url, redis_url=services.redis_url)
    environment = api_environment(given, var=home, port=port, connections=connections)
    environment |= payments.settings
    _migrate(environment)
    command = [f"--workers={workers}" if w == "--workers=1" else w for w in api_command(port)]
    api = _child(processes, "The API", command, environment)
    stack.callback(processes.stop, api)
    dispatcher: Child | None = None
    if dispatching:
        words = [sys.executable, "-m", "app.commands", "dispatch-outbox", "--pull-seconds=0"]
        dispatcher = _child(processes, "The dispatcher", words, environment)
        stack.callback(processes.stop, dispatcher)
    payments.wait()
    wait_until(lambda: answers(base_url, "/health/ready"), child=api, seconds=_READY_S)
    return Town(
        base_url=base_url,
        environment=environment,
        var=home,
        processes=processes,
        api=api,
        dispatcher=dispatcher,
    )


def _child(
    processes: Processes, name: str, words: list[str], environment: Mapping[str, str]
) -> Child:
    log = Path(environment["VAR_DIR"]) / "logs" / f"{name.rsplit(maxsplit=1)[-1].lower()}.log"
    return processes.start(words, name=name, log=log, environment=environment, directory=CHECKOUT)


def _migrate(environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.commands", "migrate"],
        cwd=CHECKOUT,
        env=dict(environment),
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        msg = f"`migrate` failed with code {done.returncode}:\n{done.stderr.strip()}"
        raise LaunchRefused(msg)
