"""The payment provider beside the API."""

from __future__ import annotations

import json
import os
import secrets
import sys
from functools import partial
from typing import TYPE_CHECKING

from launch.bootstrap import CHECKOUT
from launch.ports import HOST, answers, free_ports
from launch.process import wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from launch.process import Child, Processes

_SECONDS = 30
_URL = "PAYMENTS_URL"
_TOKEN = "PAYMENTS_TOKEN"  # noqa: S105 - the name of a variable
_JWKS = "PAYMENTS_JWKS"
_NOTIFICATIONS = "/v1/payments/notifications"


class PaymentService:
    """The sandbox's provider, or one that is given."""

    def __init__(
        self, *, given: Mapping[str, str], var: Path, api_url: str, processes: Processes
    ) -> None:
        """Describe it; nothing is started yet.

        Args:
            given: the caller's environment; with PAYMENTS_URL in it no provider is started.
            var: folder of data and logs.
            api_url: below it webhooks are taken.
            processes: starts and ends children.
        """
        self._given = given
        self._var = var
        self._api_url = api_url
        self._processes = processes
        self._child: Child | None = None
        self._address = self._token = ""

    @property
    def settings(self) -> dict[str, str]:
        """What the API is told of it."""
        if self._child is None:
            names = (_URL, _TOKEN, _JWKS)
            return {name: self._given[name] for name in names if self._given.get(name)}
        jwks = f"{self._address}/.well-known/jwks.json"
        return {_URL: self._address, _TOKEN: self._token, _JWKS: jwks}

    def start(self) -> None:
        """Start the provider, unless another is given; it is not waited for."""
        if self._given.get(_URL):
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        port, control = free_ports(2)
        self._address, self._token = f"http://{HOST}:{port}", secrets.token_urlsafe(32)
        self._child = self._processes.start(
            [
                *(sys.executable, "-m", "sandbox.payments"),
                f"--port={port}",
                f"--control-port={control}",
                f"--data={self._folder}",
                f"--notify={self._api_url}{_NOTIFICATIONS}",
            ],
            name="The payment provider",
            log=self._var / "logs" / "payments.log",
            # By the environment: everybody can read a command line.
            environment={**self._given, _TOKEN: self._token},
            directory=CHECKOUT,
        )
        self._write_down(f"http://{HOST}:{control}")

    def wait(self) -> None:
        """Wait until the provider answers.

        Raises:
            LaunchRefused: it ended, or took too long.
        """
        if self._child is not None:
            wait_until(
                partial(answers, self._address, "/health"), child=self._child, seconds=_SECONDS
            )

    @property
    def _folder(self) -> Path:
        return self._var / "payments"

    def _write_down(self, control: str) -> None:
        """Say where faults are switched and payers pay, to whoever may read our files."""
        path = self._folder / "provider.json"
        path.unlink(missing_ok=True)
        told = {"address": self._address, "control": control, "token": self._token}
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(told, file, indent=2)
