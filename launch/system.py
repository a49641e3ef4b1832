"""The whole system on one machine: servers, departments, schema, API."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from launch.bootstrap import CHECKOUT
from launch.counters import open_counters
from launch.departments.hall import TownHall
from launch.environment import Connections, api_environment, service_options, var_folder
from launch.hospital import hospital_files
from launch.insurance import enrolment_file
from launch.lock import only_launch
from launch.own_commands import own_command
from launch.payments import PaymentService
from launch.pki import PkiServices
from launch.ports import HOST, answers, expect_free
from launch.process import Processes, wait_until
from launch.services import private_services
from sandbox.phone.keys import load_or_generate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from launch.process import Child
    from launch.services import Services

_READY_SECONDS = 90.0
_PORTRAITS = "portraits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """The registration of the sandbox's cashier, or of its hospital's system."""

    client_id: str
    key_file: Path
    """Its private key (PKCS #8 PEM), known to nobody else."""


class System:
    """Everything that serves. A context manager: leaving it stops all of it; the data stay."""

    def __init__(self, *, given: Mapping[str, str], port: int) -> None:
        """Describe the system.

        Args:
            given: the caller's environment.
            port: where the API listens on the loopback address.
        """
        self._given = given
        self._stack = contextlib.ExitStack()
        self.port = port
        self.var = var_folder(CHECKOUT, given)
        self.base_url = f"http://{HOST}:{port}"
        self.till: Till
        self.hospital: Till
        self.api: Child
        self.processes: Processes
        self.departments: TownHall
        self.environment: Mapping[str, str]

    @property
    def portraits(self) -> Path:
        """Folder of the sample photographs."""
        return self.var / _PORTRAITS

    def __enter__(self) -> Self:
        """Start everything, in order, and wait until the API says that it is ready.

        Raises:
            LaunchRefused: with the reason; whatever had been started is stopped again.
        """
        expect_free(self.port)
        began = time.monotonic()
        with contextlib.ExitStack() as stack:
            stack.enter_context(only_launch(self.var, port=self.port))
            print(
                "Starting PostgreSQL, Valkey, eight departments, a hospital, a payment provider "
                "and the API …",
                flush=True,
            )
            self._start(stack)
            self._stack = stack.pop_all()
        print(f"Ready after {time.monotonic() - began:.1f} s", flush=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything, the API first."""
        self._stack.close()

    def sweep(self) -> None:
        """End and delete what is over, and settle what is provisional, as a timer would."""
        own_command("sweep", environment=self.environment)
        own_command("settle-provisional", "--most=50", environment=self.environment)

    def _start(self, stack: contextlib.ExitStack) -> None:
        self.processes = stack.enter_context(Processes())
        hall = self.departments = TownHall(
            given=self._given,
            var=self.var,
            portraits=self.portraits,
            processes=self.processes,
        )
        pki = PkiServices(
            given=self._given, var=self.var, api_url=self.base_url, processes=self.processes
        )
        pki.start()
        payments = PaymentService(
            given=self._given, var=self.var, api_url=self.base_url, processes=self.processes
        )
        payments.start()
        options = service_options(self._given)
        services = stack.enter_context(
            private_services(self.var, options=options, processes=self.processes),
        )
        hall.open_fund(services.database_url)
        told = pki.settings | payments.settings
        environment = self.environment = self._environment(services) | told
        own_command("migrate", environment=environment)
        environment |= hall.settle(owns_server=not options.database_url)
        self.api = self._start_api(environment)
        # The servers below must outlive the API while it ends its last requests.
        stack.callback(self.processes.stop, self.api)
        stack.callback(self.processes.stop, self._start_dispatcher(environment))
        # While the API loads its models.
        pki.wait()
        with ThreadPoolExecutor(max_workers=1) as beside:
            hospital = beside.submit(self._open_hospital, environment)
            self.till = self._seed(environment, *pki.words)
            self.hospital = hospital.result()
        hall.wait()
        payments.wait()
        wait_until(
            lambda: answers(self.base_url, "/health/ready"),
            child=self.api,
            seconds=_READY_SECONDS,
        )
        stack.enter_context(
            open_counters(
                self._sandbox(),
                base_url=self.base_url,
                clients={"till": self.till.client_id, "desk": self.hospital.client_id},
                environment=environment,
            )
        )
        if pki.settings:
            stack.callback(self.processes.stop, pki.start_upgrades(environment))

    def _environment(self, services: Services) -> dict[str, str]:
        return api_environment(
            self._given,
            var=self.var,
            port=self.port,
            connections=Connections(
                database_url=services.database_url,
                redis_url=services.redis_url,
                departments=self.departments.settings,
            ),
        )

    def _seed(self, environment: Mapping[str, str], *words: str) -> Till:
        folder = self._sandbox()
        key_file = folder / "terminal.pem"
        key = load_or_generate(key_file)
        public = {**key.public_jwk(), "kid": key.thumbprint(), "use": "sig", "alg": "ES256"}
        jwks = folder / "terminal.jwks.json"
        jwks.write_text(json.dumps({"keys": [public]}), encoding="utf-8")
        out = own_command(
            "seed-sandbox",
            f"--jwks={jwks}",
            f"--enrolments={enrolment_file(folder)}",
            *words,
            environment=environment,
        )
        seeded = json.loads(out.splitlines()[-1])
        if seeded["enrolments"]["refused"]:
            print(f"Not enrolled: {seeded['enrolments']['refusals']}", flush=True)
        return Till(client_id=seeded["client_id"], key_file=key_file)

    def _open_hospital(self, environment: Mapping[str, str]) -> Till:
        """Let patients book: in a process of its own, whose dictionary of pinyin goes with it."""
        files = hospital_files(self._sandbox(), now=datetime.now(UTC))
        seeded = json.loads(own_command(*files.words, environment=environment).splitlines()[-1])
        if seeded["refused"] or seeded["next_line"] is not None:
            print(f"Not planned: {seeded['refused']}, {seeded['next_line']}", flush=True)
        return Till(client_id=seeded["client_id"], key_file=files.key_file)

    def _sandbox(self) -> Path:
        return sandbox_folder(self.var)

    def _start_api(self, environment: Mapping[str, str]) -> Child:
        return self.processes.start(
            api_command(self.port),
            name="The API",
            log=self.var / "logs" / "api.log",
            environment=environment,
            directory=CHECKOUT,
        )

    def _start_dispatcher(self, environment: Mapping[str, str]) -> Child:
        """Start what tells holders and partners, and reads the departments' corrections."""
        return self.processes.start(
            [sys.executable, "-m", "app.commands", "dispatch-outbox"],
            name="The dispatcher",
            log=self.var / "logs" / "dispatcher.log",
            environment=environment,
            directory=CHECKOUT,
        )


def sandbox_folder(var: Path) -> Path:
    """Where the sandbox keeps what is its own; for the launcher's user alone."""
    folder = var / "sandbox"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def api_command(port: int) -> list[str]:
    """Return the command line of an API process, to be run in the checkout."""
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface=wsgi",
        f"--host={HOST}",
        f"--port={port}",
        "--workers=1",
        "--blocking-threads=96",
        "--backpressure=128",
        "wsgi:application",
    ]
