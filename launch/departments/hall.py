"""All eight departments, or those that the caller does not name others for."""

from __future__ import annotations

import json
import os
from functools import partial
from typing import TYPE_CHECKING

from launch.departments import fund, veterans
from launch.departments.counters import COUNTERS, Counter, is_given, start_counter
from launch.departments.fund import Fund
from launch.departments.veterans import Veterans
from launch.errors import LaunchRefused
from launch.ports import answers, free_ports
from launch.process import wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from launch.process import Processes

_SECONDS = 60


class TownHall:
    """The departments of one launch."""

    def __init__(
        self, *, given: Mapping[str, str], var: Path, portraits: Path, processes: Processes
    ) -> None:
        """Start all that need no database.

        Args:
            given: the caller's environment; a department it names is not started.
            var: where data and logs lie.
            portraits: folder of the sample photographs.
            processes: what starts them.
        """
        self._given, self._var, self._processes = given, var, processes
        wanted = [entry for entry in COUNTERS if not is_given(entry, given)]
        ports = free_ports(2 * len(wanted))
        self.counters: Mapping[str, Counter] = {
            entry.name: start_counter(
                entry,
                ports=pair,
                given=given,
                var=var,
                portraits=portraits,
                processes=processes,
            )
            for entry, pair in zip(wanted, zip(ports[::2], ports[1::2], strict=True), strict=True)
        }
        self._veterans: Veterans | None = None
        if not given.get(veterans.SETTING):
            self._veterans = Veterans(given=given, var=var, processes=processes)
        self._fund: Fund | None = None

    def open_fund(self, database_url: str) -> None:
        """Begin to establish the housing fund on a database server, unless another is named."""
        if not self._given.get(fund.SETTING):
            self._fund = Fund(
                database_url=database_url,
                given=self._given,
                var=self._var,
                processes=self._processes,
            )

    @property
    def settings(self) -> dict[str, str]:
        """What the API is told of the departments that are asked over HTTP."""
        return {name: text for one in self.counters.values() for name, text in one.settings.items()}

    def settle(self, *, owns_server: bool) -> dict[str, str]:
        """Wait for what the API wants when it starts, and return what it is told of the others.

        Args:
            owns_server: whether the database server is this launch's. On another's the fund may
                not be allowed in; then it is left out, and said.

        Raises:
            LaunchRefused: a department could not begin.
        """
        told: dict[str, str] = {}
        if self._veterans is not None:
            self._veterans.wait()
            told |= self._veterans.settings
        if self._fund is not None:
            try:
                self._fund.wait()
            except LaunchRefused as refused:
                if owns_server:
                    raise
                print(f"Not connected: {refused}", flush=True)
            else:
                told[fund.SETTING] = self._fund.url
        return told

    def wait(self) -> None:
        """Wait until every department that was started answers, and write down where.

        Raises:
            LaunchRefused: one does not.
        """
        self._write_down()
        for one in self.counters.values():
            wait_until(partial(answers, one.address, "/health"), child=one.child, seconds=_SECONDS)

    def _write_down(self) -> None:
        """Say where faults are switched, to whoever may read this account's files."""
        path = self._var / "departments" / "counters.json"
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        told = {
            name: {"address": one.address, "control": one.control, "token": one.token}
            for name, one in self.counters.items()
        }
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(told, file, indent=2)
