"""Timestamps, OCSP and revocation lists beside the API, and what upgrades certificates by them."""

from __future__ import annotations

import http.client
import sys
from typing import TYPE_CHECKING

from launch.bootstrap import CHECKOUT
from launch.errors import LaunchRefused
from launch.ports import HOST, expect_free, free_port
from launch.process import wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from launch.process import Child, Processes

_LOOK_SECONDS = 1
_NAMES = ("TSA_URL", "OCSP_URL", "CRL_URLS")


class PkiServices:
    """The sandbox's services, or those that are given; and the process that asks them."""

    def __init__(
        self, *, given: Mapping[str, str], var: Path, api_url: str, processes: Processes
    ) -> None:
        """Describe them; nothing is started yet.

        Args:
            given: the caller's environment; with TSA_URL in it no service is started.
            var: folder of data and logs.
            api_url: below it the authority's record is published.
            processes: starts and ends children.
        """
        self._given = given
        self._var = var
        self._api_url = api_url
        self._processes = processes
        self._child: Child | None = None
        self._port = 0

    @property
    def settings(self) -> dict[str, str]:
        """The settings by which the API and its commands find the services."""
        if self._child is None:
            return {name: self._given[name] for name in _NAMES if self._given.get(name)}
        base = f"http://{HOST}:{self._port}"
        crls = f"{base}/crl,{base}/crl/root"
        return dict(zip(_NAMES, (f"{base}/tsa", f"{base}/ocsp", crls), strict=True))

    @property
    def words(self) -> tuple[str, ...]:
        """What `seed-sandbox` is told, so that the services are certified."""
        return () if self._child is None else (f"--requests={self._folder}",)

    def start(self) -> None:
        """Start the services, unless others are given."""
        if self._given.get("TSA_URL"):
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._port = _kept_port(self._folder / "port")
        self._child = self._processes.start(
            [
                *(sys.executable, "-m", "sandbox.pki"),
                f"--port={self._port}",
                f"--data={self._folder}",
                f"--register={self._api_url}/v1/public/authorities",
            ],
            name="The PKI services",
            log=self._var / "logs" / "pki.log",
            environment=self._given,
            directory=CHECKOUT,
        )

    def wait(self) -> None:
        """Wait until the services have written their requests and answer.

        Raises:
            LaunchRefused: they ended, or took too long.
        """
        if self._child is not None:
            wait_until(lambda: _answers(self._port), child=self._child, seconds=30)

    def start_upgrades(self, environment: Mapping[str, str]) -> Child:
        """Start the process that gives certificates a trusted time, soon after their issue."""
        return self._processes.start(
            [
                *(sys.executable, "-m", "app.commands", "upgrade-certificates"),
                f"--watch={_LOOK_SECONDS}",
            ],
            name="The upgrade of certificates",
            log=self._var / "logs" / "upgrades.log",
            environment=environment,
            directory=CHECKOUT,
        )

    @property
    def _folder(self) -> Path:
        return self._var / "pki"


def _kept_port(file: Path) -> int:
    """Return the port of the last start while it is free: certificates name it for years."""
    try:
        port = int(file.read_text(encoding="ascii"))
        expect_free(port)
    except (OSError, ValueError, LaunchRefused):
        port = free_port()
        file.write_text(str(port), encoding="ascii")
    return port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
